import type { Mac } from '@modvirt/core/xml';

/** An address in QEMU's and libvirt's own range. */
export function randomMac(randomBytes: (count: number) => Uint8Array): Mac {
  const bytes = [0x52, 0x54, 0x00, ...randomBytes(3)];
  return bytes.map((it) => it.toString(16).padStart(2, '0')).join(':') as Mac;
}
