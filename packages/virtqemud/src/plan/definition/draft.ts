import type { Domain } from '@modvirt/core/schema';

type Leaf = string | number | bigint | boolean | undefined | null;

/** A value of `T` that may be changed in place, all the way down. */
export type Draft<T> = T extends Leaf
  ? T
  : T extends readonly (infer E)[]
    ? Draft<E>[]
    : { -readonly [K in keyof T]: Draft<T[K]> };

export type DomainDraft = Draft<Domain>;

/** A copy to work on; the domain it was made of stays as it is. */
export function draftOf<T>(value: T): Draft<T> {
  return copy(value) as Draft<T>;
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (value === null || typeof value !== 'object') return value;
  const result: { [key: string]: unknown } = {};
  for (const [key, member] of Object.entries(value)) result[key] = copy(member);
  return result;
}

/** Ends the work on a draft. */
export function finished(draft: DomainDraft): Domain {
  return draft as Domain;
}
