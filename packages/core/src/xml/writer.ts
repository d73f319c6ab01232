import { escapeXml } from './escape.js';

/** What an element without attributes and content becomes. */
export type WhenEmpty =
  /** nothing at all */
  | 'drop'
  /** `<x/>` */
  | 'keep'
  /** `<x>` and `</x>` on two lines */
  | 'spread';

/** Writes XML as libvirt does: single quotes, two blanks a level, `<x/>` for what is empty. */
export class XmlWriter {
  #out = '';
  #indent: string;
  /** The start tag is still open for attributes. */
  #inTag = false;
  /** Text was written, so the end tag follows on the same line. */
  #hasText = false;

  /** @param indent blanks before the outermost element */
  constructor(indent = '') {
    this.#indent = indent;
  }

  /** Writes an element whose attributes and content come from `body`. */
  element(name: string, whenEmpty: WhenEmpty, body: () => void): void {
    const { before, wasInTag } = this.#open(name);
    const opened = this.#out;
    body();
    if (this.#inTag && this.#out.length === opened.length && whenEmpty !== 'keep') {
      if (whenEmpty === 'drop') {
        this.#out = before;
        this.#inTag = wasInTag;
        this.#indent = this.#indent.slice(2);
        return;
      }
      this.#endTag();
    }
    this.#close(name);
  }

  attribute(name: string, value: string): void {
    this.#out += ` ${name}='${escapeXml(value)}'`;
  }

  /** The element's text; nothing else may follow in it. */
  text(value: string): void {
    this.#out += `>${escapeXml(value)}`;
    this.#inTag = false;
    this.#hasText = true;
  }

  /** `<name>value</name>` */
  leaf(name: string, value: string): void {
    this.#endTag();
    this.#out += `${this.#indent}<${name}>${escapeXml(value)}</${name}>\n`;
  }

  /** Lines that are already XML; `write` gets the indentation in force. */
  lines(write: (indent: string) => string): void {
    this.#endTag();
    this.#out += write(this.#indent);
  }

  toString(): string {
    return this.#out;
  }

  #endTag(): void {
    if (!this.#inTag) return;
    this.#out += '>\n';
    this.#inTag = false;
  }

  #open(name: string): { before: string; wasInTag: boolean } {
    const saved = { before: this.#out, wasInTag: this.#inTag };
    this.#endTag();
    this.#out += `${this.#indent}<${name}`;
    this.#inTag = true;
    this.#indent += '  ';
    return saved;
  }

  #close(name: string): void {
    this.#indent = this.#indent.slice(2);
    if (this.#inTag) this.#out += '/>\n';
    else if (this.#hasText) this.#out += `</${name}>\n`;
    else this.#out += `${this.#indent}</${name}>\n`;
    this.#inTag = false;
    this.#hasText = false;
  }
}
