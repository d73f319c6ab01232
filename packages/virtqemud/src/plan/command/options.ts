/** A value in QEMU's `key=value,…` syntax: commas are doubled. */
export function escapeOption(value: string): string {
  return value.replaceAll(',', ',,');
}

/** One part of an option list: a word, a pair, or nothing. */
export type OptionPart =
  | string
  | readonly [key: string, value: string | number | bigint | boolean | undefined];

/** `head,key=value,…`; pairs without a value are left out, truths are `on` and `off`, values are escaped. */
export function options(...parts: readonly OptionPart[]): string {
  return parts
    .flatMap((part) => {
      if (typeof part === 'string') return part === '' ? [] : [part];
      const [key, value] = part;
      if (value === undefined) return [];
      if (typeof value === 'boolean') return [`${key}=${value ? 'on' : 'off'}`];
      return [`${key}=${escapeOption(String(value))}`];
    })
    .join(',');
}
