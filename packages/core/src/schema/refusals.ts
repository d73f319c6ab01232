import { VirError } from '../errors/vir-error.js';

/** Refuses a value as libvirt does where it knows the attribute but not the value: `unknown … 'value'`. */
export function unknown(what: string): { readonly invalid: (value: string) => VirError } {
  return { invalid: (value) => VirError.of('CONFIG_UNSUPPORTED', `unknown ${what} '${value}'`) };
}

/** What to say when something is not there that must be. */
export function required(detail: string): { readonly missing: () => VirError } {
  return { missing: () => VirError.of('XML_ERROR', detail) };
}
