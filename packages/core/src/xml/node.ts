/** An element as it was read. Attributes and children keep their order; `offset` is where its `<` stands. */
export interface XmlElement {
  readonly kind: 'element';
  /** The name as written, prefix included. */
  readonly name: string;
  /** The name without its prefix. */
  readonly local: string;
  /** The namespace's URI; undefined outside any namespace. */
  readonly namespace: string | undefined;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlNode[];
  readonly offset: number;
}

/** A namespace declaration is an attribute here like any other. */
export interface XmlAttribute {
  readonly name: string;
  readonly value: string;
}

export interface XmlText {
  readonly kind: 'text' | 'cdata' | 'comment';
  readonly text: string;
}

/** A processing instruction: `<?target text?>`. */
export interface XmlInstruction {
  readonly kind: 'instruction';
  readonly target: string;
  readonly text: string;
}

export type XmlNode = XmlElement | XmlText | XmlInstruction;

/** The value of an attribute without namespace. */
export function attributeOf(node: XmlElement, name: string): string | undefined {
  const { attributes } = node;
  for (let i = 0; i < attributes.length; i++) {
    const attribute = attributes[i];
    if (attribute !== undefined && attribute.name === name) return attribute.value;
  }
  return undefined;
}

/** The first child element of that name; later ones are ignored, as libvirt does for what may stand once. */
export function childOf(node: XmlElement, name: string, namespace?: string): XmlElement | undefined {
  const { children } = node;
  for (let i = 0; i < children.length; i++) {
    const child = children[i];
    if (child?.kind === 'element' && child.local === name && child.namespace === namespace) return child;
  }
  return undefined;
}

/** All child elements of that name. */
export function childrenOf(node: XmlElement, name: string, namespace?: string): readonly XmlElement[] {
  const found: XmlElement[] = [];
  for (const child of node.children) {
    if (child.kind === 'element' && child.local === name && child.namespace === namespace) found.push(child);
  }
  return found;
}

/** All text below an element: XPath's string value. */
export function textOf(node: XmlElement): string {
  const [only] = node.children;
  if (only === undefined) return '';
  if (node.children.length === 1 && only.kind === 'text') return only.text;
  let text = '';
  for (const child of node.children) {
    if (child.kind === 'text' || child.kind === 'cdata') text += child.text;
    else if (child.kind === 'element') text += textOf(child);
  }
  return text;
}
