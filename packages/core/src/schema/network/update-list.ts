import { VirError } from '../../errors/vir-error.js';

export type UpdateCommand = 'modify' | 'delete' | 'add-last' | 'add-first';

/** What an update says of the entries of one list. */
export interface ListRules<T> {
  /** Whether an entry is the one that is meant, for modify and delete. */
  isMeant(entry: T): boolean;
  /** Whether an entry stands in the way of adding; the same as `isMeant` where absent. */
  isInTheWay?(entry: T): boolean;
  notFound(): VirError;
  exists(entry: T): VirError;
  /** When several entries are meant; then none is deleted. Where absent the first one is taken. */
  ambiguous?(): VirError;
  /** Where entries cannot be modified. */
  readonly unmodifiable?: string;
}

/** `entries` after `command` with `given`. @throws VirError as the rules say, and the list is as it was */
export function updateList<T>(
  entries: readonly T[],
  command: UpdateCommand,
  given: T,
  rules: ListRules<T>,
): readonly T[] {
  if (command === 'modify' || command === 'delete') return changeEntry(entries, command, given, rules);
  const isInTheWay = rules.isInTheWay ?? rules.isMeant;
  const inTheWay = entries.find((it) => isInTheWay(it));
  if (inTheWay !== undefined) throw rules.exists(inTheWay);
  return command === 'add-first' ? [given, ...entries] : [...entries, given];
}

function changeEntry<T>(
  entries: readonly T[],
  command: 'modify' | 'delete',
  given: T,
  rules: ListRules<T>,
): readonly T[] {
  if (command === 'modify' && rules.unmodifiable !== undefined) {
    throw VirError.of('NO_SUPPORT', rules.unmodifiable);
  }
  const meant = entries.filter((it) => rules.isMeant(it));
  if (meant.length === 0) throw rules.notFound();
  if (meant.length > 1 && rules.ambiguous !== undefined) throw rules.ambiguous();
  const at = entries.findIndex((it) => rules.isMeant(it));
  return command === 'delete' ? entries.toSpliced(at, 1) : entries.with(at, given);
}
