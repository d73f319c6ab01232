import { VirError } from '../errors/vir-error.js';
import { domainMetadataType } from '../protocol/constants/domain.js';
import type { XmlAttribute, XmlElement, XmlNode } from '../xml/node.js';
import { formatRaw } from '../xml/raw.js';
import { readXml } from '../xml/reader.js';

/** What `virDomainSetMetadata` sets: `text` is absent to remove it. */
export interface MetadataChange {
  readonly type: number;
  readonly text: string | undefined;
  /** Prefix of an element's namespace. */
  readonly key: string | undefined;
  readonly uri: string | undefined;
}

/** Whatever has a title, a description and applications' own elements. */
export interface Described {
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly metadata?: XmlElement | undefined;
}

const { description: DESCRIPTION, title: TITLE, element: ELEMENT } = domainMetadataType;

const unknownType = (type: number): VirError =>
  VirError.of('INVALID_ARG', `unknown metadata type '${type}'`, { domain: 'DOMAIN' });

/** What reading refuses before it looks whether the domain runs. @throws VirError INVALID_ARG */
export function checkMetadataType(type: number): void {
  if (type > ELEMENT) throw unknownType(type);
}

/**
 * Title, description, or the element of the namespace `uri` as a document of its own.
 *
 * @throws VirError NO_DOMAIN_METADATA when there is none, INVALID_ARG for an unknown type
 */
export function metadataOf(domain: Described, type: number, uri: string | undefined): string {
  switch (type) {
    case DESCRIPTION:
      return present(domain.description);
    case TITLE:
      return present(domain.title);
    case ELEMENT: {
      const found = domain.metadata?.children.find((child) => isOf(child, uri));
      return present(found?.kind === 'element' ? withoutNamespace(found, uri) : undefined);
    }
    default:
      checkMetadataType(type);
      return present(undefined);
  }
}

// It says "element" whatever was asked for.
function present(found: string | undefined): string {
  if (found !== undefined) return found;
  throw VirError.of('NO_DOMAIN_METADATA', 'Requested metadata element is not present', {
    domain: 'DOMAIN',
  });
}

/** @throws VirError XML_DETAIL for an element that is none, INVALID_ARG for an unknown type */
export function withMetadata<T extends Described>(domain: T, change: MetadataChange): T {
  const text = change.text === '' ? undefined : change.text;
  switch (change.type) {
    case DESCRIPTION:
      return withText(domain, 'description', text);
    case TITLE:
      return withText(domain, 'title', text);
    case ELEMENT:
      return { ...domain, metadata: replaceElement(domain.metadata, change) };
    default:
      throw unknownType(change.type);
  }
}

function withText<T extends Described>(
  described: T,
  key: 'title' | 'description',
  text: string | undefined,
): T {
  const rest: object = Object.fromEntries(Object.entries(described).filter(([it]) => it !== key));
  return (text === undefined ? rest : { ...rest, [key]: text }) as T;
}

const NO_METADATA: XmlElement = {
  kind: 'element',
  name: 'metadata',
  local: 'metadata',
  namespace: undefined,
  attributes: [],
  children: [],
  offset: 0,
};

// Elements are told apart by their namespace: one each.
function replaceElement(metadata: XmlElement | undefined, change: MetadataChange): XmlElement {
  const { text, key = '', uri = '' } = change;
  const added = text === undefined ? [] : [inNamespace(readElement(text), key, uri)];
  const before = metadata ?? NO_METADATA;
  // Blanks between elements go, so that what is written is in lines again.
  const kept = before.children.filter((child) => !isOf(child, uri) && !isBlank(child));
  return { ...before, children: [...kept, ...added] };
}

function readElement(text: string): XmlElement {
  return readXml(text, { source: 'metadata_xml', domain: 'DOMAIN', keepBlanks: true });
}

function isOf(node: XmlNode, uri: string | undefined): boolean {
  return node.kind === 'element' && node.namespace === uri;
}

function isBlank(node: XmlNode): boolean {
  return node.kind === 'text' && node.text.trim() === '';
}

/** Declares the namespace on `root` and puts everything into it that is in none. */
function inNamespace(root: XmlElement, prefix: string, uri: string): XmlElement {
  const declaration = `xmlns:${prefix}`;
  if (root.attributes.some(({ name }) => name === declaration)) {
    throw VirError.of('INTERNAL_ERROR', 'failed to create a new XML namespace', { domain: 'XML' });
  }
  const moved = mapElements(root, (node) =>
    node.namespace === undefined ? { ...node, name: `${prefix}:${node.local}`, namespace: uri } : node,
  );
  const declared = moved.attributes.filter(isDeclaration);
  const others = moved.attributes.filter((it) => !isDeclaration(it));
  return { ...moved, attributes: [...declared, { name: declaration, value: uri }, ...others] };
}

function isDeclaration({ name }: XmlAttribute): boolean {
  return name === 'xmlns' || name.startsWith('xmlns:');
}

/** The element as a document that knows nothing of the namespace. */
function withoutNamespace(root: XmlElement, uri: string | undefined): string {
  const plain = mapElements(root, (node) =>
    node.namespace === uri ? { ...node, name: node.local, namespace: undefined } : node,
  );
  const index = plain.attributes.findIndex((it) => isDeclaration(it) && it.value === uri);
  const attributes = plain.attributes.filter((_attribute, at) => at !== index);
  return formatRaw({ ...plain, attributes }, '').trimEnd();
}

function mapElements(node: XmlElement, change: (node: XmlElement) => XmlElement): XmlElement {
  const children = node.children.map((it) => (it.kind === 'element' ? mapElements(it, change) : it));
  return change({ ...node, children });
}
