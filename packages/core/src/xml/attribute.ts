import type { VirError } from '../errors/vir-error.js';
import { badAttribute, badText, missingAttribute, missingElement } from './errors.js';
import { type Field, field } from './field.js';
import { attributeOf, childOf, textOf, type XmlElement } from './node.js';
import type { Scalar } from './scalars.js';
import type { XmlWriter } from './writer.js';

export interface AttributeOptions {
  /** The XML name, where it is not the property's. */
  readonly name?: string;
  readonly doc?: string;
  /** A word that means the same as no attribute at all. */
  readonly absent?: string;
  /** What to say of a bad value. */
  readonly invalid?: (value: string) => VirError;
  /** What to say when it is missing. */
  readonly missing?: () => VirError;
}

function optionsOf(options: AttributeOptions | string): AttributeOptions {
  return typeof options === 'string' ? { doc: options } : options;
}

function readScalar<T>(
  node: XmlElement,
  name: string,
  scalar: Scalar<T>,
  options: AttributeOptions,
): T | undefined {
  const written = attributeOf(node, name);
  if (written === undefined || written === options.absent) return undefined;
  const value = scalar.parse(written);
  if (value !== undefined) return value;
  throw options.invalid?.(written) ?? badAttribute(node, name, written, scalar);
}

/** An attribute. A string in place of the options documents it. */
export function attr<T>(scalar: Scalar<T>, options: AttributeOptions | string = {}): Field<T, 'required'> {
  const { doc, ...rest } = optionsOf(options);
  return field<T>((key) => {
    const name = rest.name ?? key;
    return {
      shape: { kind: 'attribute', name, scalar: scalar.shape, optional: false, doc },
      missing: (node) => rest.missing?.() ?? missingAttribute(node.name, name),
      read: (node) => readScalar(node, name, scalar, rest),
      attributes: (writer, value) => writer.attribute(name, scalar.format(value)),
    };
  });
}

function readText<T>(node: XmlElement, scalar: Scalar<T>, options: AttributeOptions): T | undefined {
  const written = textOf(node);
  if (written === '' || written === options.absent) return undefined;
  const value = scalar.parse(written);
  if (value !== undefined) return value;
  throw options.invalid?.(written) ?? badText(node.name, written, scalar.expected);
}

/** The element's own text; an empty one counts as missing. */
export function text<T>(scalar: Scalar<T>, options: AttributeOptions = {}): Field<T, 'required'> {
  return field<T>(() => ({
    shape: { kind: 'text', scalar: scalar.shape, optional: false },
    missing: (node) => options.missing?.() ?? badText(node.name, '', scalar.expected),
    read: (node) => readText(node, scalar, options),
    content: (writer, value) => writer.text(scalar.format(value)),
  }));
}

/** A child element of which only the text counts; its value is the property's. */
export function leaf<T>(scalar: Scalar<T>, options: AttributeOptions | string = {}): Field<T, 'required'> {
  const rest = optionsOf(options);
  return field<T>((key) => {
    const name = rest.name ?? key;
    return {
      shape: {
        kind: 'element',
        name,
        body: () => ({ kind: 'text', scalar: scalar.shape, optional: false }),
        occurs: 'once',
        doc: rest.doc,
      },
      missing: (node) => rest.missing?.() ?? missingElement(node.name, name),
      read(node) {
        const found = childOf(node, name);
        return found === undefined ? undefined : readText(found, scalar, rest);
      },
      content: (writer, value) => writer.leaf(name, scalar.format(value)),
    };
  });
}

interface ChildAttributeOptions<T> extends AttributeOptions {
  /** What the element means without the attribute; not there at all when this is left out. */
  readonly bare?: T;
  /** Where the element is there, the attribute must be too. */
  readonly whole?: boolean;
}

/** A child element with one attribute that counts: `childAttr('suspend-to-mem', 'enabled', yesNo)`. */
export function childAttr<T>(
  name: string,
  attribute: string,
  scalar: Scalar<T>,
  options: ChildAttributeOptions<NoInfer<T>> = {},
): Field<T, 'required'> {
  return field<T>(() => ({
    shape: {
      kind: 'element',
      name,
      body: () => ({ kind: 'attribute', name: attribute, scalar: scalar.shape, optional: true }),
      occurs: 'once',
      doc: options.doc,
    },
    missing: (node) => options.missing?.() ?? missingElement(node.name, name),
    read(node) {
      const found = childOf(node, name);
      if (found === undefined) return undefined;
      const value = readScalar(found, attribute, scalar, options) ?? options.bare;
      if (value === undefined && options.whole === true) throw missingAttribute(name, attribute);
      return value;
    },
    content: (writer, value) =>
      writer.element(name, 'keep', () => writer.attribute(attribute, scalar.format(value))),
  }));
}

/** A child element that says something by being there. */
export function flag(name?: string): Field<true, 'optional'> {
  const held = field<true>((key) => ({
    shape: {
      kind: 'element',
      name: name ?? key,
      body: () => ({ kind: 'group', members: [] }),
      occurs: 'optional',
    },
    read: (node) => (childOf(node, name ?? key) === undefined ? undefined : true),
    content: (writer: XmlWriter) => writer.element(name ?? key, 'keep', () => undefined),
  }));
  return { presence: 'optional', bind: held.bind };
}
