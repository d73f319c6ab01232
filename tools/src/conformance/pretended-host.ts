import type { Domain } from '@modvirt/core/schema';
import { uuidFromBytes } from '@modvirt/core/wire';

/** The UUID that the harness makes: its random bytes are 00 01 02 …, with a UUID's version and variant. */
export function countedUuid() {
  const bytes = Uint8Array.from({ length: 16 }, (_, at) => at);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return uuidFromBytes(bytes);
}

/** What a driver on the pretended host fills in: the machine is an x86_64. */
export function onPretendedHost(domain: Domain): Domain {
  const { type } = domain.os;
  if (type === undefined || type.arch !== undefined) return domain;
  return { ...domain, os: { ...domain.os, type: { arch: 'x86_64', ...type } } };
}
