import type { XmlAttribute } from './node.js';

/** Namespace prefixes in force at an element; the empty prefix is the default namespace. */
export interface NamespaceScope {
  readonly outer: NamespaceScope | undefined;
  readonly declared: ReadonlyMap<string, string>;
}

const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';

/** The scope inside an element with these attributes; `outer` itself when none of them declares a namespace. */
export function enterScope(
  outer: NamespaceScope | undefined,
  attributes: readonly XmlAttribute[],
): NamespaceScope | undefined {
  let declared: Map<string, string> | undefined;
  for (const { name, value } of attributes) {
    if (!name.startsWith('xmlns')) continue;
    if (name.length > 5 && name[5] !== ':') continue;
    declared ??= new Map();
    declared.set(name.slice(6), value);
  }
  return declared === undefined ? outer : { outer, declared };
}

/** The namespace a prefix stands for; undefined for none. */
export function namespaceOf(scope: NamespaceScope | undefined, prefix: string): string | undefined {
  for (let at = scope; at !== undefined; at = at.outer) {
    const uri = at.declared.get(prefix);
    if (uri !== undefined) return uri === '' ? undefined : uri;
  }
  return prefix === 'xml' ? XML_NAMESPACE : undefined;
}
