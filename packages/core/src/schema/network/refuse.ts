import { VirError } from '../../errors/vir-error.js';

/** What is wrong with a network's document. */
export function malformed(detail: string): VirError {
  return VirError.of('XML_ERROR', detail);
}

/** As `malformed`, for an attribute whose value is refused: `Invalid WHAT 'VALUE' in network 'NAME'`. */
export function invalidIn(network: string, what: string): { readonly invalid: (value: string) => VirError } {
  return { invalid: (value) => malformed(`Invalid ${what} '${value}' in network '${network}'`) };
}
