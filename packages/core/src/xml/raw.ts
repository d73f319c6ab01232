import type { XmlAttribute, XmlElement, XmlNode } from './node.js';

// Subtrees that are kept as they are (metadata, foreign namespaces) are written as libxml2 writes them: double
// quotes, and line breaks only where no text would be changed by them.

/** Deeper lines are indented no further, as libxml2 does it. */
const MAX_INDENT = 60;

/** The lines of `node` and all below it, the first one indented by `indent`, with a newline at the end. */
export function formatRaw(node: XmlElement, indent: string): string {
  return `${indent}${dump(node, indent, true)}\n`;
}

function dump(node: XmlNode, indent: string, mayBreak: boolean): string {
  switch (node.kind) {
    case 'text':
      return escapeText(node.text);
    case 'cdata':
      return `<![CDATA[${node.text}]]>`;
    case 'comment':
      return `<!--${node.text}-->`;
    case 'instruction':
      return node.text === '' ? `<?${node.target}?>` : `<?${node.target} ${node.text}?>`;
    case 'element':
      return dumpElement(node, indent, mayBreak);
  }
}

function dumpElement(node: XmlElement, indent: string, mayBreak: boolean): string {
  const head = `<${node.name}${orderedAttributes(node.attributes).map(dumpAttribute).join('')}`;
  if (node.children.length === 0) return `${head}/>`;
  const breaks = mayBreak && node.children.every((child) => child.kind !== 'text' && child.kind !== 'cdata');
  if (!breaks)
    return `${head}>${node.children.map((child) => dump(child, indent, false)).join('')}</${node.name}>`;
  const inner = indent.length < MAX_INDENT ? `${indent}  ` : indent;
  const lines = node.children.map((child) => `${inner}${dump(child, inner, true)}\n`).join('');
  return `${head}>\n${lines}${indent}</${node.name}>`;
}

function isDeclaration(attribute: XmlAttribute): boolean {
  return attribute.name === 'xmlns' || attribute.name.startsWith('xmlns:');
}

/** Namespace declarations come first. */
function orderedAttributes(attributes: readonly XmlAttribute[]): readonly XmlAttribute[] {
  return [...attributes.filter(isDeclaration), ...attributes.filter((it) => !isDeclaration(it))];
}

function dumpAttribute({ name, value }: XmlAttribute): string {
  return ` ${name}="${escapeValue(value)}"`;
}

function escapeText(text: string): string {
  return text.replace(/[&<>\r]/g, (it) => TEXT_REFERENCES[it] ?? it);
}

function escapeValue(text: string): string {
  return text.replace(/[&<>"\r\n\t]/g, (it) => TEXT_REFERENCES[it] ?? it);
}

const TEXT_REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/**
 * `node` fit to stand alone: namespaces that it uses but that were declared around it are declared on it.
 */
export function adopt(node: XmlElement): XmlElement {
  const missing = new Map<string, string>();
  collectForeign(node, undefined, missing);
  if (missing.size === 0) return node;
  const declared = [...missing].map(([prefix, value]) => ({
    name: prefix === '' ? 'xmlns' : `xmlns:${prefix}`,
    value,
  }));
  return { ...node, attributes: [...declared, ...node.attributes] };
}

/** Prefixes that an element declares, and those around it. Chained: copies would grow with the square. */
interface Declared {
  readonly outer: Declared | undefined;
  readonly prefixes: ReadonlySet<string>;
}

function collectForeign(node: XmlElement, outer: Declared | undefined, missing: Map<string, string>): void {
  const declarations = node.attributes.filter(isDeclaration);
  const prefixes = new Set(declarations.map(({ name }) => name.slice(6)));
  const here = declarations.length === 0 ? outer : { outer, prefixes };
  const prefix = node.local === node.name ? '' : node.name.slice(0, node.name.indexOf(':'));
  if (node.namespace !== undefined && !missing.has(prefix) && !isDeclared(prefix, here)) {
    missing.set(prefix, node.namespace);
  }
  for (const child of node.children) if (child.kind === 'element') collectForeign(child, here, missing);
}

function isDeclared(prefix: string, declared: Declared | undefined): boolean {
  for (let at = declared; at !== undefined; at = at.outer) if (at.prefixes.has(prefix)) return true;
  return false;
}
