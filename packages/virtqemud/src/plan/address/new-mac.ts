import type { Mac } from '@modvirt/core/xml';
import type { Randomness } from '../context.js';

/** The bytes that addresses of QEMU's guests begin with. */
const PREFIX = '52:54:00';

/** An address for an interface whose definition names none. */
export function newMac(random: Randomness): Mac {
  const own = [0, 1, 2].map(() => random.bytes(1)[0] ?? 0);
  return `${PREFIX}:${own.map((byte) => byte.toString(16).padStart(2, '0')).join(':')}` as Mac;
}
