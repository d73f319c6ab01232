import type { FormatContext, ParseContext } from './context.js';
import type { BoundField, Field, FieldValue } from './field.js';
import type { XmlElement } from './node.js';
import type { Shape } from './shape.js';
import type { XmlWriter } from './writer.js';

declare const groupValue: unique symbol;

/** Properties of a value under construction. */
export type Draft = Record<string, unknown>;

/** A set of fields that together make one object; an element's body, or a part of it. */
export interface Group<T> {
  readonly [groupValue]?: T;
  readonly shape: Shape;
  readInto(draft: Draft, node: XmlElement, cx: ParseContext): void;
  writeAttributes(writer: XmlWriter, value: Draft, cx: FormatContext): void;
  writeContent(writer: XmlWriter, value: Draft, cx: FormatContext): void;
}

/** Fields by the property that holds them. Their order is output order. */
export type Fields = { readonly [key: string]: Field<unknown> };

/** A type spelled out, for readable hints. */
export type Plain<T> = T extends infer U ? { readonly [K in keyof U]: U[K] } : never;

export type FieldsValue<F extends Fields> = Plain<
  {
    [K in keyof F as F[K] extends Field<unknown, 'required'> ? K : never]: FieldValue<F[K]>;
  } & {
    [K in keyof F as F[K] extends Field<unknown, 'required'> ? never : K]?: FieldValue<F[K]>;
  }
>;

interface Slot {
  readonly key: string;
  readonly bound: BoundField;
}

export function fields<F extends Fields>(declared: F): Group<FieldsValue<F>> {
  const slots: Slot[] = Object.entries(declared).map(([key, it]) => ({ key, bound: it.bind(key) }));
  const inTag = slots.filter((it) => it.bound.attributes !== undefined);
  const inside = slots.filter((it) => it.bound.content !== undefined);
  return {
    shape: { kind: 'group', members: slots.map(({ key, bound }) => ({ key, shape: bound.shape })) },
    readInto(draft, node, cx) {
      for (const { key, bound } of slots) {
        const value = bound.read(node, cx);
        if (value !== undefined) draft[key] = value;
        else if (bound.missing !== undefined) throw bound.missing(node);
      }
    },
    writeAttributes(writer, value, cx) {
      for (const { key, bound } of inTag) {
        const part = value[key];
        if (part !== undefined) bound.attributes?.(writer, part, cx);
      }
    },
    writeContent(writer, value, cx) {
      for (const { key, bound } of inside) {
        const part = value[key];
        if (part !== undefined) bound.content?.(writer, part, cx);
      }
    },
  };
}

type Intersection<G extends readonly Group<unknown>[]> = G extends readonly [
  Group<infer H>,
  ...infer R extends readonly Group<unknown>[],
]
  ? H & Intersection<R>
  : unknown;

/** Several groups as one: their properties stand side by side in the value. */
export function merge<const G extends readonly Group<unknown>[]>(
  ...groups: G
): Group<Plain<Intersection<G>>> {
  return {
    shape: { kind: 'group', members: groups.map((it) => ({ shape: it.shape })) },
    readInto(draft, node, cx) {
      for (const group of groups) group.readInto(draft, node, cx);
    },
    writeAttributes(writer, value, cx) {
      for (const group of groups) group.writeAttributes(writer, value, cx);
    },
    writeContent(writer, value, cx) {
      for (const group of groups) group.writeContent(writer, value, cx);
    },
  };
}

/** The attributes and elements of `group` are printed only if its value says so. */
export function groupPrintedIf<T>(group: Group<T>, isPrinted: (value: T) => boolean): Group<T> {
  return {
    ...group,
    writeAttributes(writer, value, cx) {
      if (isPrinted(value as T)) group.writeAttributes(writer, value, cx);
    },
    writeContent(writer, value, cx) {
      if (isPrinted(value as T)) group.writeContent(writer, value, cx);
    },
  };
}

export type GroupValue<G> = G extends Group<infer T> ? T : never;

/** The fields of `group` stand in the same element, but in an object of their own. */
export function inline<T>(group: Group<T>): Field<T, 'required'> {
  return {
    presence: 'required',
    bind: () => ({
      shape: group.shape,
      read(node, cx) {
        const draft: Draft = {};
        group.readInto(draft, node, cx);
        return draft;
      },
      attributes: (writer, value, cx) => group.writeAttributes(writer, value as Draft, cx),
      content: (writer, value, cx) => group.writeContent(writer, value as Draft, cx),
    }),
  };
}
