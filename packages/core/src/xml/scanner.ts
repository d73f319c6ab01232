import { isBlank, isForbidden, isNamePart, isNameStart } from './characters.js';

const LT = 0x3c;
const AMP = 0x26;
const GT = 0x3e;
const CLOSE_BRACKET = 0x5d;
const NAMED = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** Where and why a document is not well formed; the reader turns it into the error a client sees. */
export class MalformedXml extends Error {
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.name = 'MalformedXml';
    this.offset = offset;
  }
}

/** Reads the pieces of a document one after another: names, attribute values, text. Never goes back. */
export class Scanner {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  fail(message: string, offset = this.at): never {
    throw new MalformedXml(offset, message);
  }

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** The code unit here; NaN at the end. */
  code(ahead = 0): number {
    return this.text.charCodeAt(this.at + ahead);
  }

  /** Steps over `literal` if it stands here. */
  skip(literal: string): boolean {
    if (!this.text.startsWith(literal, this.at)) return false;
    this.at += literal.length;
    return true;
  }

  skipBlanks(): boolean {
    const start = this.at;
    while (isBlank(this.code())) this.at++;
    return this.at > start;
  }

  /** A name; the empty string when none stands here. */
  name(): string {
    const start = this.at;
    if (!isNameStart(this.code())) return '';
    this.at++;
    while (isNamePart(this.code())) this.at++;
    return this.text.slice(start, this.at);
  }

  /** What stands up to `end`, which is stepped over. */
  until(end: string, unfinished: string): string {
    const start = this.at;
    const stop = this.text.indexOf(end, start);
    if (stop === -1) this.fail(unfinished, this.text.length);
    this.at = stop + end.length;
    this.#refuseForbidden(start, stop);
    return this.text.slice(start, stop);
  }

  /** Text up to the next `<` or the end, references replaced. */
  characters(): string {
    const { text } = this;
    let start = this.at;
    let value = '';
    for (;;) {
      const code = this.code();
      if (code === LT || this.atEnd) break;
      if (code === AMP) {
        value += text.slice(start, this.at) + this.#reference();
        start = this.at;
        continue;
      }
      if (code === CLOSE_BRACKET && text.startsWith(']]>', this.at)) {
        this.fail("Sequence ']]>' not allowed in content");
      }
      if (isForbidden(code)) this.fail(`PCDATA invalid Char value ${code}`);
      this.at++;
    }
    return value === '' ? text.slice(start, this.at) : value + text.slice(start, this.at);
  }

  /** A quoted value, references replaced and line ends turned into blanks. */
  attributeValue(): string {
    const quote = this.code();
    if (quote !== 0x27 && quote !== 0x22) this.fail('AttValue: " or \' expected');
    this.at++;
    const { text } = this;
    let start = this.at;
    let value = '';
    for (;;) {
      const code = this.code();
      if (code === quote) break;
      if (this.atEnd) this.fail("AttValue: ' expected");
      if (code === LT) this.fail("Unescaped '<' not allowed in attributes values");
      if (isForbidden(code)) this.fail(`invalid character in attribute value`);
      if (code === AMP) {
        value += text.slice(start, this.at) + this.#reference();
        start = this.at;
      } else if (code < 0x20) {
        value += `${text.slice(start, this.at)} `;
        start = ++this.at;
      } else {
        this.at++;
      }
    }
    const end = this.at++;
    return value === '' ? text.slice(start, end) : value + text.slice(start, end);
  }

  /** A reference to a character or to one of the five names; there are no other entities. */
  #reference(): string {
    this.at++;
    if (this.code() === 0x23) return this.#characterReference();
    const name = this.name();
    if (name === '') this.fail('xmlParseEntityRef: no name');
    if (this.code() !== 0x3b) this.fail("EntityRef: expecting ';'");
    this.at++;
    return NAMED.get(name) ?? this.fail(`Entity '${name}' not defined`);
  }

  #characterReference(): string {
    this.at++;
    const base = this.code() === 0x78 ? 16 : 10;
    if (base === 16) this.at++;
    const start = this.at;
    let value = 0;
    for (;;) {
      const digit = Number.parseInt(this.text[this.at] ?? '', base);
      if (Number.isNaN(digit)) break;
      value = Math.min(value * base + digit, 0x110000);
      this.at++;
    }
    if (this.at === start || this.code() !== 0x3b) {
      this.fail(`xmlParseCharRef: invalid ${base === 16 ? 'hexadecimal' : 'decimal'} value`);
    }
    this.at++;
    const isSurrogate = value >= 0xd800 && value <= 0xdfff;
    if (value > 0x10ffff || isSurrogate || isForbidden(value)) {
      this.fail(`xmlParseCharRef: invalid xmlChar value ${value > 0x10ffff ? 0 : value}`);
    }
    return String.fromCodePoint(value);
  }

  #refuseForbidden(start: number, stop: number): void {
    for (let at = start; at < stop; at++) {
      if (isForbidden(this.text.charCodeAt(at))) {
        this.fail(`PCDATA invalid Char value ${this.text.charCodeAt(at)}`, at);
      }
    }
  }

  /** Whether `>` stands here; steps over it. */
  skipGreater(): boolean {
    if (this.code() !== GT) return false;
    this.at++;
    return true;
  }
}
