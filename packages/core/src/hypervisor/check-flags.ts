import type { ErrorDomain } from '../errors/domains.js';
import { VirError } from '../errors/vir-error.js';

// Flags are checked by a hypervisor's own function, and the message names it: `qemuDomainReset` for `virDomainReset`.
const FUNCTION_PREFIX: { readonly [D in ErrorDomain]?: string } = {
  QEMU: 'qemu',
  LXC: 'lxc',
  LIBXL: 'libxl',
};

/** @throws VirError when `flags` has bits that are not in `known`: clients probe for features this way */
export function checkFlags(api: string, flags: number, known: number, domain: ErrorDomain = 'NONE'): void {
  const unknown = (flags & ~known) >>> 0;
  if (unknown !== 0) throw VirError.unsupportedFlags(functionOf(api, domain), unknown, domain);
}

function functionOf(api: string, domain: ErrorDomain): string {
  const prefix = FUNCTION_PREFIX[domain];
  return prefix === undefined ? api : `${prefix}${api.slice('vir'.length)}`;
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
