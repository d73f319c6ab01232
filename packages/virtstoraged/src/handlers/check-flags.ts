import { VirError } from '@modvirt/core/errors';

/** @param api the function that clients see in the message; libvirt's storage driver calls its own without `vir` */
export function checkFlags(api: string, flags: number, known: number): void {
  const unknown = (flags & ~known) >>> 0;
  if (unknown !== 0) throw VirError.unsupportedFlags(api, unknown, 'STORAGE');
}
