import { VirError } from '../errors/vir-error.js';
import { type FormatContext, formatLive, type ParseContext, parseLive } from './context.js';
import { missingElement } from './errors.js';
import { type BoundField, type Field, field } from './field.js';
import { type Draft, type Fields, type FieldsValue, fields, type Group } from './group.js';
import { childOf, childrenOf, textOf, type XmlElement } from './node.js';
import { adopt, formatRaw } from './raw.js';
import type { ElementShape, Namespace } from './shape.js';
import { checkStrictly } from './strict.js';
import { type WhenEmpty, XmlWriter } from './writer.js';

/** The declaration of an element: reads it, prints it, describes it. */
export interface Element<T> {
  readonly name: string;
  readonly namespace: Namespace | undefined;
  readonly shape: ElementShape;
  /** @throws VirError XML_ERROR for a value that is none; unknown names are ignored unless `cx.validate` */
  parse(node: XmlElement, cx?: ParseContext): T;
  format(value: T, cx?: FormatContext): string;
  write(writer: XmlWriter, value: T, cx: FormatContext): void;
  /** The same element under another name. */
  named(name: string): Element<T>;
}

/** The value type of an element's or a group's declaration. */
export type Infer<E> = E extends Element<infer T> ? T : E extends Group<infer T> ? T : never;

export interface ElementOptions<T> {
  /** What is printed when nothing is in it; `drop` unless said otherwise. */
  readonly whenEmpty?: WhenEmpty;
  readonly namespace?: Namespace;
  /** Looks at the whole value and throws when its parts do not fit. */
  check?(value: T, node: XmlElement): void;
  /** Makes what was read one of the forms that are kept, for older ways to write the same. */
  adjust?(value: T, node: XmlElement): T;
  /** Namespaces that are declared on it, for what stands inside. */
  declares?(value: T): readonly Namespace[];
  /** What is printed in place of the value. */
  printed?(value: T, cx: FormatContext): Partial<T>;
  readonly doc?: string;
}

export function element<F extends Fields>(
  name: string,
  body: F,
  options?: ElementOptions<FieldsValue<F>>,
): Element<FieldsValue<F>>;
export function element<T>(name: string, body: Group<T>, options?: ElementOptions<NoInfer<T>>): Element<T>;
export function element(
  name: string,
  body: Fields | Group<unknown>,
  options: ElementOptions<unknown> = {},
): Element<unknown> {
  const group = isGroup(body) ? body : fields(body);
  return fromGroup(name, () => group, options);
}

/** An element that holds itself, directly or further down. */
export function recursive<T>(
  name: string,
  body: () => Group<T>,
  options: ElementOptions<T> = {},
): Element<T> {
  let group: Group<T> | undefined;
  return fromGroup(
    name,
    () => {
      group ??= body();
      return group;
    },
    options as ElementOptions<unknown>,
  ) as Element<T>;
}

function isGroup(body: Fields | Group<unknown>): body is Group<unknown> {
  return typeof body.readInto === 'function';
}

function fromGroup(
  name: string,
  body: () => Group<unknown>,
  options: ElementOptions<unknown>,
): Element<unknown> {
  const { namespace, whenEmpty = 'drop' } = options;
  const printedName = namespace === undefined ? name : `${namespace.prefix}:${name}`;
  const shape: ElementShape = {
    kind: 'element',
    name,
    namespace,
    body: () => body().shape,
    occurs: 'once',
    doc: options.doc,
  };
  const write = (writer: XmlWriter, value: unknown, cx: FormatContext): void => {
    const group = body();
    const printed = (options.printed?.(value, cx) ?? value) as Draft;
    writer.element(printedName, whenEmpty, () => {
      group.writeAttributes(writer, printed, cx);
      for (const it of options.declares?.(value) ?? []) writer.attribute(`xmlns:${it.prefix}`, it.uri);
      group.writeContent(writer, printed, cx);
    });
  };
  return {
    name,
    namespace,
    shape,
    parse(node, cx = parseLive) {
      if (cx.validate) checkStrictly(shape, node);
      const draft: Draft = {};
      body().readInto(draft, node, cx);
      options.check?.(draft, node);
      return options.adjust?.(draft, node) ?? draft;
    },
    write,
    format(value, cx = formatLive) {
      const writer = new XmlWriter();
      write(writer, value, cx);
      return writer.toString();
    },
    named: (other) => fromGroup(other, body, options),
  };
}

interface ChildOptions {
  /** What to say when it is missing. */
  readonly missing?: (node: XmlElement) => VirError;
  /** Tells elements of the same name apart; the first that fits is taken. */
  readonly where?: (node: XmlElement) => boolean;
  /** What to say when it stands there twice; without it the first one is taken. */
  readonly single?: () => VirError;
}

function findChild<T>(node: XmlElement, of: Element<T>, options: ChildOptions): XmlElement | undefined {
  const uri = of.namespace?.uri;
  if (options.where !== undefined) return childrenOf(node, of.name, uri).find(options.where);
  if (options.single !== undefined && childrenOf(node, of.name, uri).length > 1) throw options.single();
  return childOf(node, of.name, uri);
}

/** A child element that stands once. */
export function child<T>(of: Element<T>, options: ChildOptions = {}): Field<T, 'required'> {
  return field<T>(() => ({
    shape: of.shape,
    missing: (node) => options.missing?.(node) ?? missingElement(node.name, of.name),
    read(node, cx) {
      const found = findChild(node, of, options);
      return found === undefined ? undefined : of.parse(found, inner(cx));
    },
    content: (writer, value, cx) => of.write(writer, value, cx),
  }));
}

/** Any number of child elements, in their order. */
export function children<T>(
  of: Element<T>,
  options: { readonly keep?: (value: T, cx: ParseContext) => boolean } = {},
): Field<readonly T[], 'required'> {
  const { keep } = options;
  return field<readonly T[]>(() => ({
    shape: { ...of.shape, occurs: 'many' },
    read(node, cx) {
      const nested = inner(cx);
      const all = childrenOf(node, of.name, of.namespace?.uri).map((it) => of.parse(it, nested));
      return keep === undefined ? all : all.filter((it) => keep(it, cx));
    },
    content(writer, values, cx) {
      for (const value of values) of.write(writer, value, cx);
    },
  }));
}

/** The root is checked strictly with all below it; inside, once is enough. */
function inner(cx: ParseContext): ParseContext {
  return cx.validate ? { ...cx, validate: false } : cx;
}

/** A wrapper element around one field: `within('iothreadids', children(iothread))`. Dropped when empty. */
export function within<T, P extends 'required' | 'optional'>(
  name: string,
  held: Field<T, P>,
  whenEmpty: WhenEmpty = 'drop',
): Field<T, P> {
  return {
    presence: held.presence,
    bind(key): BoundField {
      const bound = held.bind(key);
      const empty: XmlElement = EMPTY;
      return {
        shape: {
          kind: 'element',
          name,
          body: () => ({ kind: 'group', members: [{ shape: bound.shape }] }),
          occurs: 'optional',
        },
        read(node, cx) {
          const found = childOf(node, name);
          return bound.read(found ?? empty, cx);
        },
        content(writer, value, cx) {
          writer.element(name, whenEmpty, () => {
            bound.attributes?.(writer, value, cx);
            bound.content?.(writer, value, cx);
          });
        },
      };
    },
  };
}

const EMPTY: XmlElement = {
  kind: 'element',
  name: '',
  local: '',
  namespace: undefined,
  attributes: [],
  children: [],
  offset: 0,
};

/** A child element that is kept as it is, whatever stands in it. */
export function raw(name?: string): Field<XmlElement, 'required'> {
  return field<XmlElement>((key) => {
    const tag = name ?? key;
    return {
      shape: { kind: 'anything', name: tag },
      missing: (node) => missingElement(node.name, tag),
      read(node) {
        const found = childOf(node, tag);
        return found === undefined ? undefined : adopt(found);
      },
      content: (writer, value) => writer.lines((indent) => formatRaw(value, indent)),
    };
  });
}

/** A child element that is kept whatever stands in it, and printed as libvirt prints its own elements. */
export function verbatim(name?: string): Field<XmlElement, 'required'> {
  return field<XmlElement>((key) => {
    const tag = name ?? key;
    return {
      shape: { kind: 'anything', name: tag },
      missing: (node) => missingElement(node.name, tag),
      read: (node) => childOf(node, tag),
      content: (writer, value) => writeTree(writer, value),
    };
  });
}

function writeTree(writer: XmlWriter, node: XmlElement): void {
  writer.element(node.name, 'keep', () => {
    for (const { name, value } of node.attributes) writer.attribute(name, value);
    const inner = node.children.filter((it) => it.kind === 'element');
    for (const it of inner) writeTree(writer, it);
    if (inner.length === 0 && node.children.length > 0) writer.text(textOf(node));
  });
}

/** Reads a document's root. `libvirt` names its root elements in this message. */
export function expectRoot(node: XmlElement, name: string): XmlElement {
  if (node.name === name) return node;
  throw VirError.of('XML_ERROR', `expecting root element of '${name}', not '${node.name}'`, {
    domain: 'XML',
  });
}
