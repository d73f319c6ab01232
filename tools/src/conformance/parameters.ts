import type { CorpusCase } from './case.js';

/** The names in a case's `flags`, which are written as in C: `A | B`. */
export function flagsOf(it: CorpusCase): ReadonlySet<string> {
  return new Set(typeof it.flags === 'string' ? it.flags.split('|').map((flag) => flag.trim()) : []);
}

/** The clock while a case runs, in seconds since 1970. */
export function timeOf(it: CorpusCase): bigint {
  return BigInt(typeof it.creationTime === 'number' ? it.creationTime : 1_234_567_890);
}
