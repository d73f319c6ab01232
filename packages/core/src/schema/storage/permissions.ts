import { VirError } from '../../errors/vir-error.js';
import { leaf } from '../../xml/attribute.js';
import { element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { type Scalar, string } from '../../xml/scalars.js';
import { octal } from '../domain/octal.js';

const NOBODY = 0xffff_ffff;

/** A user's or group's number. -1, also written as the largest 32-bit number, means that it is left as it is. */
const ownerId: Scalar<number> = {
  shape: { type: 'integer', signed: true, bits: 32 },
  expected: '',
  parse(text) {
    if (!/^-?\d{1,10}$/.test(text)) return undefined;
    const value = Number(text);
    if (value === -1) return NOBODY;
    return value >= 0 && value <= NOBODY ? value : undefined;
  },
  format: String,
};

const malformed = (what: string) => ({
  invalid: () => VirError.of('XML_ERROR', `malformed ${what}`),
});

/** `<permissions>` of a pool's target or of a volume. */
export const permissions = element(
  'permissions',
  {
    mode: optional(leaf(octal, malformed('octal mode'))),
    owner: optional(leaf(ownerId, malformed('owner element'))),
    group: optional(leaf(ownerId, malformed('group element'))),
    label: optional(leaf(string)),
  },
  { adjust: ({ owner, group, ...rest }) => ({ ...rest, ...unlessNobody({ owner, group }) }) },
);
export type Permissions = Infer<typeof permissions>;

function unlessNobody(ids: { readonly owner?: number | undefined; readonly group?: number | undefined }): {
  readonly owner?: number;
  readonly group?: number;
} {
  return {
    ...(ids.owner === undefined || ids.owner === NOBODY ? {} : { owner: ids.owner }),
    ...(ids.group === undefined || ids.group === NOBODY ? {} : { group: ids.group }),
  };
}
