import type { VirError } from '../errors/vir-error.js';
import type { FormatContext, ParseContext } from './context.js';
import type { XmlElement } from './node.js';
import { asOptional, type Shape } from './shape.js';
import type { XmlWriter } from './writer.js';

declare const fieldValue: unique symbol;

type Presence = 'required' | 'optional';

/** One part of an element's value: how it is found in the element, and where it is printed. */
export interface Field<T, P extends Presence = Presence> {
  readonly [fieldValue]?: T;
  readonly presence: P;
  /** @param key the property that holds the value; the XML name when no other is given */
  bind(key: string): BoundField;
}

export interface BoundField {
  readonly shape: Shape;
  /** The error when `read` finds nothing; absent for what may be missing. */
  missing?(node: XmlElement): VirError;
  /** Undefined when it is not there. */
  read(node: XmlElement, cx: ParseContext): unknown;
  /** Writes what stands in the start tag. */
  attributes?(writer: XmlWriter, value: unknown, cx: FormatContext): void;
  /** Writes what stands between the tags. */
  content?(writer: XmlWriter, value: unknown, cx: FormatContext): void;
}

export type FieldValue<F> = F extends Field<infer T> ? T : never;

/** As `BoundField`, for one type of value. */
export interface FieldParts<T> {
  readonly shape: Shape;
  missing?(node: XmlElement): VirError;
  read(node: XmlElement, cx: ParseContext): T | undefined;
  attributes?(writer: XmlWriter, value: T, cx: FormatContext): void;
  content?(writer: XmlWriter, value: T, cx: FormatContext): void;
}

/** A field from its parts: for what the combinators cannot say. */
export function field<T>(bind: (key: string) => FieldParts<T>): Field<T, 'required'> {
  return { presence: 'required', bind: bind as (key: string) => BoundField };
}

/** May be missing. */
export function optional<T>(inner: Field<T>): Field<T, 'optional'> {
  return { presence: 'optional', bind: (key) => withoutMissing(inner.bind(key)) };
}

function withoutMissing(bound: BoundField): BoundField {
  const { missing: _, ...rest } = bound;
  return { ...rest, shape: asOptional(bound.shape) };
}

interface DefaultOptions {
  /** Leave the default out when printing. */
  readonly hidden?: boolean;
}

/** Has a value also when it is not written. */
export function withDefault<T, const D extends T>(
  inner: Field<T>,
  value: D,
  options: DefaultOptions = {},
): Field<T, 'required'> {
  return {
    presence: 'required',
    bind(key) {
      const bound = withoutMissing(inner.bind(key));
      const read = (node: XmlElement, cx: ParseContext): unknown => bound.read(node, cx) ?? value;
      if (options.hidden !== true) return { ...bound, read };
      return { ...bound, read, ...onlyIf(bound, (_cx, it) => it !== value) };
    },
  };
}

/** Printed only in some contexts. */
export function when<T, P extends Presence>(
  isPrinted: (cx: FormatContext) => boolean,
  inner: Field<T, P>,
): Field<T, P> {
  return {
    presence: inner.presence,
    bind(key) {
      const bound = inner.bind(key);
      return { ...bound, ...onlyIf(bound, isPrinted) };
    },
  };
}

/** Printed only if the value says so. */
export function printedIf<T, P extends Presence>(
  isPrinted: (value: T, cx: FormatContext) => boolean,
  inner: Field<T, P>,
): Field<T, P> {
  return {
    presence: inner.presence,
    bind(key) {
      const bound = inner.bind(key);
      return { ...bound, ...onlyIf(bound, (cx, value) => isPrinted(value as T, cx)) };
    },
  };
}

/** Read only in some contexts. */
export function readWhen<T>(
  isRead: (cx: ParseContext, value: T) => boolean,
  inner: Field<T, 'optional'>,
): Field<T, 'optional'> {
  return {
    presence: 'optional',
    bind(key) {
      const bound = inner.bind(key);
      return {
        ...bound,
        read(node, cx) {
          const value = bound.read(node, cx);
          return value !== undefined && isRead(cx, value as T) ? value : undefined;
        },
      };
    },
  };
}

/** Only what a running object has; neither read nor printed for an inactive one. */
export function liveOnly<T>(inner: Field<T, 'optional'>): Field<T, 'optional'> {
  return when(
    (cx) => !cx.inactive,
    readWhen((cx) => !cx.inactive, inner),
  );
}

/** Only what status files have; clients neither set nor see it. */
export function statusOnly<T>(inner: Field<T, 'optional'>): Field<T, 'optional'> {
  return when(
    (cx) => cx.status,
    readWhen((cx) => cx.status, inner),
  );
}

function onlyIf(
  bound: BoundField,
  isPrinted: (cx: FormatContext, value: unknown) => boolean,
): Pick<BoundField, 'attributes' | 'content'> {
  const { attributes, content } = bound;
  const limited: Pick<BoundField, 'attributes' | 'content'> = {};
  if (attributes !== undefined) {
    limited.attributes = (writer, value, cx) => {
      if (isPrinted(cx, value)) attributes(writer, value, cx);
    };
  }
  if (content !== undefined) {
    limited.content = (writer, value, cx) => {
      if (isPrinted(cx, value)) content(writer, value, cx);
    };
  }
  return limited;
}
