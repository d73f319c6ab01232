// What a declaration looks like as data: RELAX NG, JSON schema, the reference and strict checking come from it.

export type ScalarShape =
  | { readonly type: 'string'; readonly pattern?: string }
  | { readonly type: 'boolean'; readonly words: readonly [yes: string, no: string] }
  | { readonly type: 'choice'; readonly values: readonly string[] }
  | {
      readonly type: 'integer';
      readonly signed: boolean;
      readonly bits: 8 | 16 | 32 | 64;
      readonly unit?: string | undefined;
    };

export interface AttributeShape {
  readonly kind: 'attribute';
  readonly name: string;
  readonly scalar: ScalarShape;
  readonly optional: boolean;
  readonly doc?: string | undefined;
}

export interface TextShape {
  readonly kind: 'text';
  readonly scalar: ScalarShape;
  readonly optional: boolean;
}

export interface ElementShape {
  readonly kind: 'element';
  readonly name: string;
  readonly namespace?: Namespace | undefined;
  /** Evaluated late: elements may hold themselves. */
  readonly body: () => Shape;
  readonly occurs: 'once' | 'optional' | 'many';
  readonly doc?: string | undefined;
}

export interface GroupShape {
  readonly kind: 'group';
  readonly members: readonly Member[];
}

/** A part of a group and the property of the value that holds it; none for parts that are spread into the group. */
export interface Member {
  readonly key?: string | undefined;
  readonly shape: Shape;
}

export interface VariantsShape {
  readonly kind: 'variants';
  readonly attribute: string;
  readonly key: string;
  readonly optional: boolean;
  readonly arms: Readonly<Record<string, Shape>>;
}

/** An element whose content is not looked at. */
export interface AnythingShape {
  readonly kind: 'anything';
  readonly name: string;
}

export type Shape = AttributeShape | TextShape | ElementShape | GroupShape | VariantsShape | AnythingShape;

export interface Namespace {
  readonly prefix: string;
  readonly uri: string;
}

/** The same shape, not required. */
export function asOptional(shape: Shape): Shape {
  if (shape.kind === 'attribute' || shape.kind === 'text') return { ...shape, optional: true };
  if (shape.kind === 'element')
    return { ...shape, occurs: shape.occurs === 'once' ? 'optional' : shape.occurs };
  if (shape.kind === 'variants') return { ...shape, optional: true };
  return shape;
}
