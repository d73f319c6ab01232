import { VirError } from '../errors/vir-error.js';
import type { Scalar } from '../xml/scalars.js';

/** Numbers in ascending order without doubles: CPUs, NUMA nodes. */
export type NumberSet = readonly number[];

const PART = /^(\^?)(\d+)(?:-(\d+))?$/;
const MAX = 65_535;

/** `0-3,^2,8`: ranges, and single numbers taken away again. Undefined when it is no such list or empty. */
export function parseNumberSet(text: string): NumberSet | undefined {
  const set = new Set<number>();
  for (const piece of text.split(',')) {
    const [, not, first, last] = PART.exec(piece.replace(/\s/g, '')) ?? [];
    if (first === undefined) return undefined;
    if (not === '^' && last !== undefined) return undefined;
    const from = Number(first);
    const to = Number(last ?? first);
    if (to < from || to > MAX) return undefined;
    for (let it = from; it <= to; it++) {
      if (not === '^') set.delete(it);
      else set.add(it);
    }
  }
  return [...set].sort((a, b) => a - b);
}

/** The shortest form: `0-3,8`. */
export function formatNumberSet(set: NumberSet): string {
  const parts: string[] = [];
  for (let at = 0; at < set.length; at++) {
    const first = set[at];
    while (set[at + 1] === (set[at] ?? 0) + 1) at++;
    parts.push(first === set[at] ? `${first}` : `${first}-${set[at]}`);
  }
  return parts.join(',');
}

export const numberSet: Scalar<NumberSet> = {
  shape: { type: 'string', pattern: '([0-9]+(-[0-9]+)?|\\^[0-9]+)(,([0-9]+(-[0-9]+)?|\\^[0-9]+))*' },
  expected: '',
  parse(text) {
    const set = parseNumberSet(text);
    if (set === undefined) throw VirError.of('INVALID_ARG', `Failed to parse bitmap '${text}'`);
    return set;
  },
  format: formatNumberSet,
};
