import { VirError } from '../errors/vir-error.js';

const EXPONENT: Readonly<Record<string, bigint>> = { k: 1n, m: 2n, g: 3n, t: 4n, p: 5n, e: 6n };
const UNIT = /^([kmgtpe])(ib|b)?$/;
const MAX = 0xffff_ffff_ffff_ffffn;

/**
 * Bytes in a size written as in domain XML: `4 GiB`, `4 GB`, `4 G`.
 *
 * @param value what stands in the element, not negative
 * @param unit  the `unit` attribute, any case; `KiB` and `K` count by 1024, `KB` by 1000
 * @throws VirError INVALID_ARG for an unknown unit, OVERFLOW beyond `max`, 64 bits unless said otherwise
 * @see formatdomain "Memory Allocation"
 */
export function toBytes(value: bigint, unit: string, max = MAX): bigint {
  const bytes = value * factorOf(unit);
  if (bytes > max) throw VirError.of('OVERFLOW', `value too large: ${value}${unit}`);
  return bytes;
}

function factorOf(unit: string): bigint {
  const text = unit.toLowerCase();
  if (text === 'b' || text === 'byte' || text === 'bytes') return 1n;
  const [, letter, suffix] = UNIT.exec(text) ?? [];
  const exponent = EXPONENT[letter ?? ''];
  if (exponent === undefined) throw VirError.of('INVALID_ARG', `unknown suffix '${unit}'`);
  return (suffix === 'b' ? 1000n : 1024n) ** exponent;
}
