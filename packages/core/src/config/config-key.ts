// A key of a configuration file, described as data. Reading, defaults, checks and the reference page are derived from it.

declare const jsValue: unique symbol;

interface KeyFields {
  readonly doc: string;
  /** False: read and checked, but nothing is done with it yet; whoever sets it is told so. */
  readonly actedOn: boolean;
  /** While nothing is done with it, setting it keeps the daemon from starting: clients could do what it forbids. */
  readonly isProtection?: boolean;
}

export type KeyKind =
  | { readonly type: 'flag' }
  | { readonly type: 'integer'; readonly min: bigint; readonly max: bigint }
  | { readonly type: 'text' }
  | { readonly type: 'choice'; readonly choices: readonly string[] }
  /** Where a file may say one string instead of a list of one, `single` is true. */
  | { readonly type: 'list'; readonly single: boolean }
  /** A number of bytes or the word "unlimited". */
  | { readonly type: 'limit' };

export interface ConfigKey<T = unknown> extends KeyFields {
  readonly [jsValue]?: T;
  readonly kind: KeyKind;
  readonly default: T;
}

export type ConfigKeys = { readonly [name: string]: ConfigKey };

/** The values of a file with the defaults of what it does not say. Undefined: no default, the code that uses it decides. */
export type ConfigValues<K extends ConfigKeys> = {
  readonly [N in keyof K]: K[N] extends ConfigKey<infer T> ? T : never;
};

interface Declared<T> {
  readonly doc: string;
  readonly default: T;
  readonly actedOn?: boolean;
  readonly isProtection?: boolean;
}

function key<T>(kind: KeyKind, declared: Declared<T>): ConfigKey<T> {
  return { kind, actedOn: true, ...declared };
}

type Widen<T> = T extends boolean ? boolean : T extends string ? string : T;

/** 0 or 1. */
export function flagKey<T extends boolean | undefined>(declared: Declared<T>): ConfigKey<Widen<T>> {
  return key({ type: 'flag' }, declared) as ConfigKey<Widen<T>>;
}

/** A whole number; unless it says otherwise, from 0 to what fits 32 bits. */
export function integerKey<T extends number | undefined>(
  declared: Declared<T> & { readonly min?: number; readonly max?: number },
): ConfigKey<T extends number ? number : undefined | number> {
  const { min = 0, max = 0xffffffff, ...rest } = declared;
  return key({ type: 'integer', min: BigInt(min), max: BigInt(max) }, rest) as never;
}

export function textKey<T extends string | undefined>(
  declared: Declared<T>,
): ConfigKey<T extends string ? string : string | undefined> {
  return key({ type: 'text' }, declared) as never;
}

export function choiceKey<const C extends string, const T extends C | undefined>(
  choices: readonly C[],
  declared: Declared<T>,
): ConfigKey<T extends string ? C : C | undefined> {
  return key({ type: 'choice', choices }, declared) as never;
}

export function listKey<T extends readonly string[] | undefined>(
  declared: Declared<T> & { readonly single?: boolean },
): ConfigKey<T extends readonly string[] ? readonly string[] : readonly string[] | undefined> {
  const { single = false, ...rest } = declared;
  return key({ type: 'list', single }, rest) as never;
}

export function limitKey(declared: Declared<bigint | 'unlimited'>): ConfigKey<bigint | 'unlimited'> {
  return key({ type: 'limit' }, declared);
}
