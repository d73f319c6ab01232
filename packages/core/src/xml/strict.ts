import { VirError } from '../errors/vir-error.js';
import { attributeOf, type XmlElement } from './node.js';
import type { ElementShape, Shape } from './shape.js';

/** What may stand in an element, gathered from its shape for one document. */
interface Allowed {
  readonly attributes: Set<string>;
  readonly elements: Map<string, ElementShape | 'anything'>;
}

/**
 * Refuses attributes and elements that the schema does not know (what libvirt does with RELAX NG when asked to
 * validate).
 *
 * @throws VirError XML_INVALID_SCHEMA
 */
export function checkStrictly(shape: ElementShape, node: XmlElement): void {
  const allowed: Allowed = { attributes: new Set(), elements: new Map() };
  gather(shape.body(), node, allowed);
  for (const { name } of node.attributes) {
    if (allowed.attributes.has(name) || name === 'xmlns' || name.startsWith('xmlns:')) continue;
    throw invalid(`Invalid attribute ${name} for element ${node.name}`);
  }
  for (const child of node.children) {
    if (child.kind !== 'element') continue;
    const known = allowed.elements.get(keyOf(child.local, child.namespace));
    if (known === undefined) throw invalid(`Did not expect element ${child.name} there`);
    if (known !== 'anything') checkStrictly(known, child);
  }
}

function keyOf(local: string, uri: string | undefined): string {
  return uri === undefined ? local : `${local} ${uri}`;
}

function gather(shape: Shape, node: XmlElement, allowed: Allowed): void {
  switch (shape.kind) {
    case 'attribute':
      allowed.attributes.add(shape.name);
      return;
    case 'element':
      allowed.elements.set(keyOf(shape.name, shape.namespace?.uri), shape);
      return;
    case 'anything':
      allowed.elements.set(shape.name, 'anything');
      return;
    case 'group':
      for (const member of shape.members) gather(member.shape, node, allowed);
      return;
    case 'variants': {
      allowed.attributes.add(shape.attribute);
      const chosen = shape.arms[attributeOf(node, shape.attribute) ?? ''];
      const arms = chosen === undefined ? Object.values(shape.arms) : [chosen];
      for (const arm of arms) gather(arm, node, allowed);
      return;
    }
    case 'text':
      return;
  }
}

function invalid(detail: string): VirError {
  return VirError.of('XML_INVALID_SCHEMA', detail);
}
