/** JSON as libvirt prints it for people: two blanks a level; integers of any size are exact. */
export function pretty(value: unknown, indent = ''): string {
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    return block(
      '[',
      ']',
      value.map((it) => `${inner}${pretty(it, inner)}`),
      indent,
    );
  }
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return block(
    '{',
    '}',
    members.map(([key, it]) => `${inner}${JSON.stringify(key)}: ${pretty(it, inner)}`),
    indent,
  );
}

function block(open: string, close: string, lines: readonly string[], indent: string): string {
  return lines.length === 0 ? `${open}${close}` : `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}
