import { double, hyper, int, struct, text, uhyper, uint, union, type ValueOf } from '../wire/types.js';

/** A named value of one of seven types: how libvirt passes open-ended lists of settings and figures. */
export const typedParameter = struct({
  field: text,
  value: union({
    int: { tag: 1, of: int },
    uint: { tag: 2, of: uint },
    llong: { tag: 3, of: hyper },
    ullong: { tag: 4, of: uhyper },
    double: { tag: 5, of: double },
    boolean: { tag: 6, of: int },
    string: { tag: 7, of: text },
  }),
});

export type TypedParameter = ValueOf<typeof typedParameter>;
export type TypedValue = TypedParameter['value'];

export const intParameter = (field: string, value: number): TypedParameter => ({
  field,
  value: { type: 'int', value },
});
export const uintParameter = (field: string, value: number): TypedParameter => ({
  field,
  value: { type: 'uint', value },
});
export const llongParameter = (field: string, value: bigint): TypedParameter => ({
  field,
  value: { type: 'llong', value },
});
export const ullongParameter = (field: string, value: bigint): TypedParameter => ({
  field,
  value: { type: 'ullong', value },
});
export const doubleParameter = (field: string, value: number): TypedParameter => ({
  field,
  value: { type: 'double', value },
});
export const booleanParameter = (field: string, value: boolean): TypedParameter => ({
  field,
  value: { type: 'boolean', value: value ? 1 : 0 },
});
export const stringParameter = (field: string, value: string): TypedParameter => ({
  field,
  value: { type: 'string', value },
});
