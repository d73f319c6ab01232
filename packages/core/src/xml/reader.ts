import type { ErrorDomain } from '../errors/domains.js';
import { VirError } from '../errors/vir-error.js';
import { enterScope, type NamespaceScope, namespaceOf } from './namespaces.js';
import type { XmlAttribute, XmlElement, XmlNode } from './node.js';
import { describeProblem } from './position.js';
import { MalformedXml, Scanner } from './scanner.js';

/** libxml2's own limit on nested elements. */
const MAX_DEPTH = 256;
/** The longest document that is read, in characters. */
const MAX_LENGTH = 10_000_000;

export interface ReadOptions {
  /** What libvirt calls the text in messages, for instance `domain_definition`. */
  readonly source: string;
  /** Who reports that it is malformed. */
  readonly domain?: ErrorDomain;
  /** Keeps blanks that only indent: for text that is somebody else's. */
  readonly keepBlanks?: boolean;
}

interface Open {
  readonly element: XmlElement & { readonly children: XmlNode[] };
  readonly scope: NamespaceScope | undefined;
  /** Whether blanks between elements are kept here (`xml:space`). */
  readonly keepsBlanks: boolean;
}

/**
 * Reads one document and gives its root. Takes time linear in its length; knows no DOCTYPE and no entities but
 * the five named ones.
 *
 * @throws VirError XML_DETAIL with the place when it is not well formed
 */
export function readXml(text: string, options: ReadOptions): XmlElement {
  const domain = options.domain ?? 'XML';
  if (text.length > MAX_LENGTH) {
    throw VirError.of('XML_DETAIL', `(${options.source}):1: document is longer than ${MAX_LENGTH}`, {
      domain,
    });
  }
  const normal = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  try {
    return readDocument(new Scanner(normal), options.keepBlanks === true);
  } catch (error) {
    if (!(error instanceof MalformedXml)) throw error;
    const detail = describeProblem(normal, error.offset, error.message, options.source);
    throw VirError.of('XML_DETAIL', detail, { domain, cause: error });
  }
}

function readDocument(scanner: Scanner, keepBlanks: boolean): XmlElement {
  if (scanner.code() === 0xfeff) scanner.at++;
  if (scanner.atEnd) scanner.fail('Document is empty');
  readDeclaration(scanner);
  readMisc(scanner);
  if (scanner.code() !== 0x3c) scanner.fail("Start tag expected, '<' not found");
  const root = readTree(scanner, keepBlanks);
  readMisc(scanner);
  if (!scanner.atEnd) scanner.fail('Extra content at the end of the document');
  return root;
}

/** `<?xml …?>`. The text is already decoded, so the encoding it names is only looked at, never used. */
function readDeclaration(scanner: Scanner): void {
  if (!scanner.text.startsWith('<?xml', scanner.at) || scanner.code(5) > 0x20) return;
  scanner.at += 5;
  scanner.until('?>', "parsing XML declaration: '?>' expected");
}

/** Comments, instructions and blanks outside the root. */
function readMisc(scanner: Scanner): void {
  for (;;) {
    scanner.skipBlanks();
    if (scanner.skip('<!--')) readComment(scanner);
    else if (scanner.skip('<?')) readInstruction(scanner);
    else if (scanner.text.startsWith('<!DOCTYPE', scanner.at)) scanner.fail('DOCTYPE is not allowed');
    else return;
  }
}

function readComment(scanner: Scanner): XmlNode {
  const start = scanner.at;
  const text = scanner.until('--', 'Comment not terminated');
  if (!scanner.skipGreater())
    scanner.fail(`Double hyphen within comment: <!--${text}\n`, start + text.length);
  return { kind: 'comment', text };
}

function readInstruction(scanner: Scanner): XmlNode {
  const target = scanner.name();
  if (target === '') scanner.fail('xmlParsePI : no target name');
  if (target.toLowerCase() === 'xml') {
    scanner.fail('XML declaration allowed only at the start of the document');
  }
  scanner.skipBlanks();
  return { kind: 'instruction', target, text: scanner.until('?>', `PI ${target} never end ...`) };
}

function readTree(scanner: Scanner, keepBlanks: boolean): XmlElement {
  const open: Open[] = [];
  let current = readStartTag(scanner, undefined, keepBlanks);
  const root = current.element;
  if (closesItself(scanner, current.element)) return root;
  for (;;) {
    const next = readContent(scanner, current);
    if (next === 'closed') {
      const outer = open.pop();
      if (outer === undefined) return root;
      current = outer;
    } else if (!closesItself(scanner, next.element)) {
      open.push(current);
      current = next;
      if (open.length >= MAX_DEPTH) {
        scanner.fail(`Excessive depth in document: ${MAX_DEPTH} use XML_PARSE_HUGE option`);
      }
    }
  }
}

/** Reads what stands in `current` up to the next start tag, which it gives, or its own end tag. */
function readContent(scanner: Scanner, current: Open): Open | 'closed' {
  const { children, name, offset } = current.element;
  for (;;) {
    if (scanner.code() !== 0x3c) {
      readText(scanner, current);
      if (scanner.atEnd) {
        scanner.fail(`Premature end of data in tag ${name} line ${lineOf(scanner.text, offset)}`);
      }
    }
    const after = scanner.code(1);
    if (after === 0x2f) {
      readEndTag(scanner, current.element);
      return 'closed';
    }
    if (after === 0x21) children.push(readMarkup(scanner));
    else if (after === 0x3f) {
      scanner.at += 2;
      children.push(readInstruction(scanner));
    } else {
      const next = readStartTag(scanner, current);
      children.push(next.element);
      return next;
    }
  }
}

/** Reads text; blanks that only indent the elements around them are dropped, by libxml2's rule. */
function readText(scanner: Scanner, current: Open): void {
  const { children } = current.element;
  const text = scanner.characters();
  const indents =
    !current.keepsBlanks &&
    !scanner.atEnd &&
    text.trim() === '' &&
    !(children.length === 0 && scanner.code(1) === 0x2f) &&
    children.at(-1)?.kind !== 'text' &&
    children[0]?.kind !== 'text';
  if (!indents) children.push({ kind: 'text', text });
}

function readMarkup(scanner: Scanner): XmlNode {
  if (scanner.skip('<!--')) return readComment(scanner);
  if (scanner.skip('<![CDATA[')) {
    return { kind: 'cdata', text: scanner.until(']]>', 'CData section not finished') };
  }
  return scanner.fail('StartTag: invalid element name', scanner.at + 1);
}

function readStartTag(scanner: Scanner, outer: Open | undefined, keepBlanks = false): Open {
  const offset = scanner.at++;
  const name = scanner.name();
  if (name === '') scanner.fail('StartTag: invalid element name');
  const attributes = readAttributes(scanner, name, offset);
  const scope = enterScope(outer?.scope, attributes);
  const colon = name.indexOf(':');
  const namespace =
    scope === undefined ? undefined : namespaceOf(scope, colon < 0 ? '' : name.slice(0, colon));
  // A prefix that nobody declared is part of the name.
  const local = colon < 0 || namespace === undefined ? name : name.slice(colon + 1);
  const children: XmlNode[] = [];
  const space = attributes.length === 0 ? undefined : attributes.find((it) => it.name === 'xml:space');
  const keepsBlanks = space === undefined ? (outer?.keepsBlanks ?? keepBlanks) : space.value === 'preserve';
  return {
    element: { kind: 'element', name, local, namespace, attributes, children, offset },
    scope,
    keepsBlanks,
  };
}

const NO_ATTRIBUTES: readonly XmlAttribute[] = [];

function readAttributes(scanner: Scanner, element: string, offset: number): readonly XmlAttribute[] {
  let attributes: XmlAttribute[] | undefined;
  for (;;) {
    const hasBlank = scanner.skipBlanks();
    const code = scanner.code();
    if (code === 0x3e || code === 0x2f) return attributes ?? NO_ATTRIBUTES;
    if (scanner.atEnd) {
      scanner.fail(`Couldn't find end of Start Tag ${element} line ${lineOf(scanner.text, offset)}`);
    }
    if (!hasBlank) scanner.fail('attributes construct error');
    const attribute = readAttribute(scanner);
    attributes ??= [];
    if (isAmong(attributes, attribute.name)) scanner.fail(`Attribute ${attribute.name} redefined`);
    attributes.push(attribute);
    if (attributes.length > MAX_ATTRIBUTES) scanner.fail(`too many attributes in ${element}`);
  }
}

/** No libvirt element has nearly as many; without a limit the search for doubles would be quadratic. */
const MAX_ATTRIBUTES = 256;

function isAmong(attributes: readonly XmlAttribute[], name: string): boolean {
  for (const attribute of attributes) if (attribute.name === name) return true;
  return false;
}

function readAttribute(scanner: Scanner): XmlAttribute {
  const name = scanner.name();
  if (name === '') scanner.fail('xmlParseStartTag: problem parsing attributes');
  scanner.skipBlanks();
  if (scanner.code() !== 0x3d) scanner.fail(`Specification mandates value for attribute ${name}`);
  scanner.at++;
  scanner.skipBlanks();
  return { name, value: scanner.attributeValue() };
}

function closesItself(scanner: Scanner, element: XmlElement): boolean {
  if (scanner.skip('/>')) return true;
  if (scanner.skipGreater()) return false;
  return scanner.fail(
    `Couldn't find end of Start Tag ${element.name} line ${lineOf(scanner.text, element.offset)}`,
  );
}

function readEndTag(scanner: Scanner, element: XmlElement): void {
  scanner.at += 2;
  const name = scanner.name();
  scanner.skipBlanks();
  const isClosed = scanner.skipGreater();
  if (name !== element.name) {
    const line = lineOf(scanner.text, element.offset);
    scanner.fail(`Opening and ending tag mismatch: ${element.name} line ${line} and ${name}`);
  }
  if (!isClosed) scanner.fail("expected '>'");
}

function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}
