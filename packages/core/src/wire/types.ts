import type { Uuid } from './uuid.js';

// A type on the wire, described as data. XDR codec, msgpack validation and Avro schema are derived from it.
// Source of the shapes: XDR (RFC 4506) as libvirt's *_protocol.x files use it.

declare const jsValue: unique symbol;

interface Typed<T> {
  readonly [jsValue]?: T;
}

export interface IntType extends Typed<number> {
  readonly kind: 'int';
}
export interface UintType extends Typed<number> {
  readonly kind: 'uint';
}
export interface HyperType extends Typed<bigint> {
  readonly kind: 'hyper';
}
export interface UhyperType extends Typed<bigint> {
  readonly kind: 'uhyper';
}
export interface DoubleType extends Typed<number> {
  readonly kind: 'double';
}
export interface StringType extends Typed<string> {
  readonly kind: 'string';
  readonly max: number;
}
export interface UuidType extends Typed<Uuid> {
  readonly kind: 'uuid';
}
export interface BytesType extends Typed<Uint8Array> {
  readonly kind: 'bytes';
  readonly max: number;
}
/** `char name[length]` or `char name<max>`: one 32-bit word a character; a string of characters up to 255 here. */
export interface CharsType extends Typed<string> {
  readonly kind: 'chars';
  readonly max: number;
  readonly fixed: boolean;
}
export interface OptionalType<T = unknown> extends Typed<T | null> {
  readonly kind: 'optional';
  readonly of: WireType;
}
export interface ArrayType<T = unknown> extends Typed<readonly T[]> {
  readonly kind: 'array';
  readonly of: WireType;
  readonly max: number;
}
export interface StructType<T = unknown> extends Typed<T> {
  readonly kind: 'struct';
  readonly fields: Fields;
}
/** A discriminated union; its value is `{ type: name, value }`. */
export interface UnionType<T = unknown> extends Typed<T> {
  readonly kind: 'union';
  readonly arms: Arms;
}

export type WireType =
  | IntType
  | UintType
  | HyperType
  | UhyperType
  | DoubleType
  | StringType
  | UuidType
  | BytesType
  | CharsType
  | OptionalType
  | ArrayType
  | StructType
  | UnionType;

/** Fields by name; their order is wire order. */
export type Fields = { readonly [name: string]: WireType };
export type Arms = { readonly [name: string]: { readonly tag: number; readonly of: WireType } };

/** The JavaScript value of a wire type. */
export type ValueOf<W> = W extends Typed<infer T> ? T : never;
export type ValuesOf<F extends Fields> = { readonly [K in keyof F]: ValueOf<F[K]> };
type UnionValue<A extends Arms> = {
  [K in keyof A]: { readonly type: K; readonly value: ValueOf<A[K]['of']> };
}[keyof A];

export const int: IntType = { kind: 'int' };
/** A number whose meaning is an enum or a truth value of libvirt's (0 or 1). */
export const uint: UintType = { kind: 'uint' };
export const hyper: HyperType = { kind: 'hyper' };
export const uhyper: UhyperType = { kind: 'uhyper' };
export const double: DoubleType = { kind: 'double' };
export const uuid: UuidType = { kind: 'uuid' };

/** The most characters of any string (REMOTE_STRING_MAX). */
export const STRING_MAX = 4_194_304;

/** For lists that only the length of a message limits. */
export const UNLIMITED = 0xffff_ffff;

/** A string that is always there. */
export const text: StringType = { kind: 'string', max: STRING_MAX };
/** A string that may be absent; absent (null) and empty differ. */
export const optionalText: OptionalType<string> = { kind: 'optional', of: text };
export const flags: UintType = uint;
/** No fields: not a single byte on the wire. */
export const nothing = {} as const satisfies Fields;

export function bytes(max: number): BytesType {
  return { kind: 'bytes', max };
}
export function chars(max: number): CharsType {
  return { kind: 'chars', max, fixed: false };
}
export function fixedChars(length: number): CharsType {
  return { kind: 'chars', max: length, fixed: true };
}
export function optional<W extends WireType>(of: W): OptionalType<ValueOf<W>> {
  return { kind: 'optional', of };
}
export function array<W extends WireType>(of: W, max: number): ArrayType<ValueOf<W>> {
  return { kind: 'array', of, max };
}
export function struct<const F extends Fields>(fields: F): StructType<ValuesOf<F>> {
  return { kind: 'struct', fields };
}
export function union<const A extends Arms>(arms: A): UnionType<UnionValue<A>> {
  return { kind: 'union', arms };
}
