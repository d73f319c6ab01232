import type { NumberSet } from '@modvirt/core/schema';

/** A set of processors as bits, the lowest first, in `length` bytes. */
export function cpuMap(cpus: NumberSet, length: number): Uint8Array {
  const map = new Uint8Array(Math.max(0, length));
  for (const cpu of cpus) {
    const byte = cpu >> 3;
    if (byte < map.length) map[byte] = (map[byte] ?? 0) | (1 << (cpu & 7));
  }
  return map;
}

/** Maps one after the other. */
export function cpuMaps(sets: readonly NumberSet[], length: number): Uint8Array {
  const maps = new Uint8Array(Math.max(0, length) * sets.length);
  for (const [index, set] of sets.entries()) maps.set(cpuMap(set, length), index * length);
  return maps;
}

/** Bytes that a map of all the host's processors has. */
export function mapLength(present: NumberSet): number {
  return Math.ceil(((present.at(-1) ?? 0) + 1) / 8);
}

/** The processors whose bits are set. */
export function cpusIn(map: Uint8Array): NumberSet {
  const cpus: number[] = [];
  for (const [index, byte] of map.entries()) {
    for (let bit = 0; bit < 8; bit++) if ((byte & (1 << bit)) !== 0) cpus.push(index * 8 + bit);
  }
  return cpus;
}
