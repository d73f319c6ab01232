import type { ErrorDomain } from '../errors/domains.js';
import { VirError } from '../errors/vir-error.js';

/** @throws VirError when `flags` has bits that are not in `known`: clients probe for features this way */
export function checkFlags(api: string, flags: number, known: number, domain: ErrorDomain = 'NONE'): void {
  const unknown = (flags & ~known) >>> 0;
  if (unknown !== 0) throw VirError.unsupportedFlags(api, unknown, domain);
}

/** @throws VirError when both flags are given */
export function exclusiveFlags(
  api: string,
  flags: number,
  one: readonly [string, number],
  other: readonly [string, number],
): void {
  if ((flags & one[1]) === 0 || (flags & other[1]) === 0) return;
  throw VirError.invalidArgument(
    api,
    one[0],
    `flags '${one[0]}' and '${other[0]}' in function '${api}' are mutually exclusive`,
  );
}
