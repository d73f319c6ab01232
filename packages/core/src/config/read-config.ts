import { VirError } from '../errors/vir-error.js';
import { type ConfEntry, type ConfValue, parseConf } from './conf-syntax.js';
import type { ConfigKey, ConfigKeys, ConfigValues, KeyKind } from './config-key.js';

/** What is wrong with a file. An `error` must be corrected before the daemon starts; a `warning` is only said. */
export interface ConfigProblem {
  readonly severity: 'error' | 'warning';
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

export interface ReadConfig<K extends ConfigKeys> {
  readonly values: ConfigValues<K>;
  /** Names that the file sets itself. */
  readonly given: ReadonlySet<string>;
  readonly problems: readonly ConfigProblem[];
}

/** Reads `text`, the content of `file`. An empty text gives the defaults. Keys that have a problem keep their default. */
export function readConfig<K extends ConfigKeys>(text: string, file: string, keys: K): ReadConfig<K> {
  const values: Record<string, unknown> = {};
  for (const [name, key] of Object.entries(keys)) values[name] = key.default;
  const problems: ConfigProblem[] = [];
  const given = new Set<string>();
  for (const entry of entriesOf(text, file, problems)) {
    const problem = (severity: ConfigProblem['severity'], what: string): void => {
      problems.push({ severity, file, line: entry.line, text: what });
    };
    const key = Object.hasOwn(keys, entry.name) ? keys[entry.name] : undefined;
    if (key === undefined) {
      problem('warning', `unknown key '${entry.name}'`);
      continue;
    }
    if (given.has(entry.name)) problem('warning', `'${entry.name}' is set twice; the last one counts`);
    const result = checkValue(entry, key);
    if (result.type === 'wrong') {
      problem('error', result.text);
      continue;
    }
    if (!key.actedOn && key.isProtection) problem('error', `'${entry.name}' cannot be obeyed yet`);
    else if (!key.actedOn) problem('warning', `'${entry.name}' has no effect yet`);
    given.add(entry.name);
    values[entry.name] = result.value;
  }
  return { values: values as ConfigValues<K>, given, problems };
}

/** One line for people: `FILE:LINE: text`. */
export function formatProblem(problem: ConfigProblem): string {
  return `${problem.file}:${problem.line}: ${problem.text}`;
}

function entriesOf(text: string, file: string, problems: ConfigProblem[]): readonly ConfEntry[] {
  try {
    return parseConf(text, file);
  } catch (error) {
    if (!(error instanceof VirError)) throw error;
    const [, line = '1', what = error.message] = /:(\d+): ([^:]*)$/.exec(error.message) ?? [];
    problems.push({ severity: 'error', file, line: Number(line), text: what });
    return [];
  }
}

type Checked =
  | { readonly type: 'right'; readonly value: unknown }
  | { readonly type: 'wrong'; readonly text: string };

const right = (value: unknown): Checked => ({ type: 'right', value });

function checkValue({ name, value }: ConfEntry, key: ConfigKey): Checked {
  const wrong = (text: string): Checked => ({ type: 'wrong', text });
  const { kind } = key;
  switch (kind.type) {
    case 'flag':
      if (typeof value !== 'bigint') return wrong(`expected a bool for '${name}' parameter`);
      return value === 0n || value === 1n
        ? right(value === 1n)
        : wrong(`value for '${name}' parameter must be 0 or 1`);
    case 'integer':
      return integerOf(name, value, kind);
    case 'text':
      return typeof value === 'string' ? right(value) : wrong(`expected a string for '${name}' parameter`);
    case 'choice':
      if (typeof value !== 'string') return wrong(`expected a string for '${name}' parameter`);
      return kind.choices.includes(value)
        ? right(value)
        : wrong(`value '${value}' for '${name}' parameter is not one of ${kind.choices.join(', ')}`);
    case 'list':
      return listOf(name, value, kind.single);
    case 'limit':
      if (value === 'unlimited' || (typeof value === 'bigint' && value >= 0n)) return right(value);
      return wrong(`expected a number or "unlimited" for '${name}' parameter`);
  }
}

function integerOf(name: string, value: ConfValue, kind: KeyKind & { type: 'integer' }): Checked {
  if (typeof value !== 'bigint') {
    return { type: 'wrong', text: `expected an integer for '${name}' parameter` };
  }
  if (value >= kind.min && value <= kind.max) return right(Number(value));
  return { type: 'wrong', text: `value for '${name}' parameter must be in range ${kind.min}:${kind.max}` };
}

function listOf(name: string, value: ConfValue, single: boolean): Checked {
  if (single && typeof value === 'string') return right([value]);
  if (typeof value === 'object' && value.every((item) => typeof item === 'string')) return right(value);
  const expected = single ? 'a string or string list' : 'a string list';
  return { type: 'wrong', text: `expected ${expected} for '${name}' parameter` };
}
