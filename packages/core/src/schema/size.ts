import { VirError } from '../errors/vir-error.js';
import { attr } from '../xml/attribute.js';
import { type Field, field } from '../xml/field.js';
import { attributeOf, childOf, textOf, type XmlElement } from '../xml/node.js';
import { type Scalar, string, uint64 } from '../xml/scalars.js';
import type { Shape } from '../xml/shape.js';
import { toBytes } from './scale.js';

/** Kibibytes (1024 bytes). */
export type KiB = bigint;
export type Bytes = bigint;

interface SizeOptions {
  /** The element, where it is not called like the property. */
  readonly name?: string;
  /** What the element counts in when it names no unit; `KiB` unless said otherwise. */
  readonly unit?: string;
  readonly doc?: string;
  /** What messages call it; `./name` unless said otherwise. */
  readonly path?: string;
  /** What to say of what is no number. */
  readonly invalid?: () => VirError;
  /** Of the bytes; 64 bits unless said otherwise. */
  readonly max?: Bytes;
}

const number: Scalar<bigint> = uint64();

function readSize(node: XmlElement, options: SizeOptions): bigint {
  const text = textOf(node);
  const value = number.parse(text);
  if (value === undefined) throw options.invalid?.() ?? badSize(options.path ?? `./${node.name}`, text);
  return toBytes(value, attributeOf(node, 'unit') ?? options.unit ?? 'KiB', options.max);
}

function badSize(path: string, text: string): VirError {
  return VirError.of('XML_ERROR', `Invalid value '${text}' for element or attribute '${path}'`, {
    domain: 'XML',
  });
}

function missingSize(path: string): VirError {
  return VirError.of('XML_ERROR', `missing element or attribute '${path}'`, { domain: 'XML' });
}

const bodyShape: Shape = {
  kind: 'group',
  members: [
    { shape: { kind: 'attribute', name: 'unit', scalar: string.shape, optional: true } },
    { shape: { kind: 'text', scalar: number.shape, optional: false } },
  ],
};

function shapeOf(name: string, doc: string | undefined): Shape {
  return { kind: 'element', name, body: () => bodyShape, occurs: 'once', doc };
}

function size(options: SizeOptions, printedUnit: string, divisor: bigint): Field<bigint, 'required'> {
  return field<bigint>((key) => {
    const name = options.name ?? key;
    return {
      shape: shapeOf(name, options.doc),
      missing: () => missingSize(options.path ?? `./${name}`),
      read(node) {
        const found = childOf(node, name);
        if (found === undefined) return undefined;
        return (readSize(found, options) + divisor - 1n) / divisor;
      },
      content: (writer, value) =>
        writer.element(name, 'keep', () => {
          writer.attribute('unit', printedUnit);
          writer.text(String(value));
        }),
    };
  });
}

/** `<name unit='…'>number</name>` in kibibytes, rounded up. */
export function sizeInKiB(options: SizeOptions = {}): Field<KiB, 'required'> {
  return size(options, 'KiB', 1024n);
}

/** `<name unit='…'>number</name>` in KiB, printed in MiB (`M`). */
export function sizeInMiB(options: SizeOptions = {}): Field<KiB, 'required'> {
  const inKiB = size({ unit: 'M', ...options }, 'M', 1024n);
  return {
    presence: 'required',
    bind(key) {
      const bound = inKiB.bind(key);
      const { content } = bound;
      return {
        ...bound,
        content: (writer, value, cx) =>
          content?.(writer, typeof value === 'bigint' ? value / 1024n : value, cx),
      };
    },
  };
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

/** The largest unit in which a size is a whole number. */
export function prettySize(bytes: Bytes): { readonly value: bigint; readonly unit: string } {
  let [value, step] = [bytes, 0];
  while (value !== 0n && value % 1024n === 0n && step + 1 < UNITS.length) {
    value /= 1024n;
    step++;
  }
  return { value, unit: UNITS[step] ?? 'bytes' };
}

/** `<name unit='…'>number</name>` in bytes, printed in the largest unit that fits. */
export function sizePretty(options: SizeOptions = {}): Field<Bytes, 'required'> {
  const inBytes = size(options, 'bytes', 1n);
  return {
    presence: 'required',
    bind(key) {
      const name = options.name ?? key;
      return {
        ...inBytes.bind(key),
        content(writer, value) {
          const pretty = prettySize(value as Bytes);
          writer.element(name, 'keep', () => {
            writer.attribute('unit', pretty.unit);
            writer.text(String(pretty.value));
          });
        },
      };
    },
  };
}

/** `<name unit='…'>number</name>` in bytes. */
export function sizeInBytes(options: SizeOptions = {}): Field<Bytes, 'required'> {
  return size({ unit: 'bytes', ...options }, options.unit === 'bytes' ? 'bytes' : 'B', 1n);
}

/** The element's own text as a size, with its unit: for elements that have other attributes too. */
export function sizeContent(): Field<KiB, 'required'> {
  return field<bigint>(() => ({
    shape: bodyShape,
    missing: (node) => missingSize(`./${node.name}[1]`),
    read(node) {
      if (textOf(node) === '') return undefined;
      return (readSize(node, { path: `./${node.name}[1]` }) + 1023n) / 1024n;
    },
    attributes: (writer) => writer.attribute('unit', 'KiB'),
    content: (writer, value) => writer.text(String(value)),
  }));
}

interface SizeAttributes {
  /** Attribute with the number. */
  readonly name?: string;
  readonly unitName?: string;
}

/** As `sizeAttributes`, in bytes and printed in the largest unit that fits. */
export function prettySizeAttributes(): Field<Bytes, 'required'> {
  return attributesOf({}, 1n, prettySize);
}

/** Two attributes, a number and its unit, read as KiB and printed in KiB. */
export function sizeAttributes(options: SizeAttributes = {}): Field<KiB, 'required'> {
  return attributesOf(options, 1024n, (value) => ({ value, unit: 'KiB' }));
}

function attributesOf(
  options: SizeAttributes,
  divisor: bigint,
  printed: (value: bigint) => { readonly value: bigint; readonly unit: string },
): Field<bigint, 'required'> {
  const { name = 'size', unitName = 'unit' } = options;
  const plain = attr(number, { name }).bind(name);
  return field<bigint>(() => ({
    shape: {
      kind: 'group',
      members: [
        { shape: plain.shape },
        { shape: { kind: 'attribute', name: unitName, scalar: string.shape, optional: true } },
      ],
    },
    missing: () => missingSize(`./@${name}`),
    read(node, cx) {
      const value = plain.read(node, cx);
      if (typeof value !== 'bigint') return undefined;
      return (toBytes(value, attributeOf(node, unitName) ?? 'KiB') + divisor - 1n) / divisor;
    },
    attributes(writer, value) {
      const shown = printed(value);
      writer.attribute(name, String(shown.value));
      writer.attribute(unitName, shown.unit);
    },
  }));
}
