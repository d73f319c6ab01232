import type { XmlElement } from '../../../xml/node.js';

/** Every program has one element in a namespace of its own; what is in none belongs to nobody. */
export function postParseMetadata(metadata: XmlElement): XmlElement {
  const seen = new Set<string>();
  const children = metadata.children.filter((it) => {
    if (it.kind !== 'element') return true;
    if (it.namespace === undefined || seen.has(it.namespace)) return false;
    seen.add(it.namespace);
    return true;
  });
  return { ...metadata, children };
}
