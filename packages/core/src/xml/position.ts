/** A place in a document: both count from one; columns count characters. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export function positionAt(text: string, offset: number): Position {
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line++;
    lineStart = at + 1;
  }
  return { line, column: offset - lineStart + 1 };
}

function utf8Length(text: string): number {
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}

/**
 * libvirt's way to show where a document is malformed: `(source):line: what`, the line, and a caret under the
 * byte where reading stopped.
 */
export function describeProblem(text: string, offset: number, what: string, source: string): string {
  const { line } = positionAt(text, offset);
  if (text === '') return `(${source}):1: ${what}\n(null)\n^`;
  let end = offset;
  while (end > 0 && (text[end] === '\n' || text[end] === '\r')) end--;
  const start = text.lastIndexOf('\n', end - 1) + 1;
  const lineEnd = text.indexOf('\n', start);
  const shown = text.slice(start, lineEnd === -1 ? text.length : lineEnd);
  const dashes = '-'.repeat(utf8Length(text.slice(start, offset)));
  return `(${source}):${line}: ${what}\n${shown === '' ? '(null)' : shown}\n${dashes}^`;
}
