import type { XmlElement } from '../xml/node.js';
import { readXml } from '../xml/reader.js';

/** The root of `text`. */
export function fromText(text: string): XmlElement {
  return readXml(text, { source: 'test' });
}
