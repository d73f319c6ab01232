import { VirError } from '../errors/vir-error.js';

// The syntax of libvirt's configuration files: `name = value`, one a line; a value is an integer, a string in single,
// double or tripled double quotes (no escapes), or a list in brackets that may go over several lines; `#` begins a comment.

export type ConfValue = bigint | string | readonly ConfScalar[];
export type ConfScalar = bigint | string;

export interface ConfEntry {
  readonly name: string;
  readonly value: ConfValue;
  readonly line: number;
}

/** @throws VirError CONF_SYNTAX, with file and line */
export function parseConf(text: string, file: string): readonly ConfEntry[] {
  return new ConfReader(text, file).entries();
}

const INT64_MAX = 2n ** 63n - 1n;

class ConfReader {
  readonly #text: string;
  readonly #file: string;
  #at = 0;
  #line = 1;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  entries(): readonly ConfEntry[] {
    const entries: ConfEntry[] = [];
    for (this.#skipEmpty(); this.#at < this.#text.length; this.#skipEmpty()) entries.push(this.#statement());
    return entries;
  }

  #statement(): ConfEntry {
    const line = this.#line;
    const name = this.#take(/[A-Za-z_][A-Za-z0-9_.-]*/y);
    if (name === undefined) this.#fail('expecting a name');
    this.#take(/[ \t]+/y);
    if (this.#take(/=/y) === undefined) this.#fail('expecting an assignment');
    this.#take(/[ \t]+/y);
    const value = this.#take(/\[/y) === undefined ? this.#scalar() : this.#list();
    this.#take(/[ \t]+/y);
    this.#take(/#[^\n]*/y);
    if (this.#at < this.#text.length && this.#take(/\r?\n/y) === undefined)
      this.#fail('expecting a separator');
    this.#line += this.#at > 0 && this.#text[this.#at - 1] === '\n' ? 1 : 0;
    return { name, value, line };
  }

  #list(): readonly ConfScalar[] {
    const items: ConfScalar[] = [];
    for (;;) {
      this.#skipEmpty();
      if (this.#take(/\]/y) !== undefined) return items;
      items.push(this.#scalar());
      this.#skipEmpty();
      if (this.#take(/,/y) !== undefined) continue;
      if (this.#take(/\]/y) !== undefined) return items;
      this.#fail(
        this.#at < this.#text.length ? 'expecting a separator in list' : 'list is not closed with ]',
      );
    }
  }

  #scalar(): ConfScalar {
    const number = this.#take(/[+-]?[0-9]+/y);
    if (number !== undefined) return this.#integer(number);
    const opening = this.#take(/"""|"|'/y);
    if (opening === undefined) this.#fail('expecting a value');
    const end = this.#text.indexOf(opening, this.#at);
    const content = this.#text.slice(this.#at, end);
    const newlines = content.split('\n').length - 1;
    if (end < 0 || (newlines > 0 && opening.length === 1)) this.#fail('unterminated string');
    this.#line += newlines;
    this.#at = end + opening.length;
    return content;
  }

  #integer(digits: string): bigint {
    const value = BigInt(digits.replace('+', ''));
    if (value > INT64_MAX || value < -INT64_MAX) this.#fail('number is out of range');
    return value;
  }

  // White space, line ends and comments.
  #skipEmpty(): void {
    for (let skipped = this.#skipPiece(); skipped !== undefined; skipped = this.#skipPiece()) {
      if (skipped.endsWith('\n')) this.#line++;
    }
  }

  #skipPiece(): string | undefined {
    return this.#take(/[ \t\r]*\n|[ \t\r]+|#[^\n]*/y);
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #fail(what: string): never {
    throw VirError.of('CONF_SYNTAX', `${this.#file}:${this.#line}: ${what}`, { domain: 'CONF' });
  }
}
