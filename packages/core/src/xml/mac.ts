import type { Scalar } from './scalars.js';

declare const macBrand: unique symbol;

/** A MAC address in lower case, two digits a byte, with colons. */
export type Mac = string & { readonly [macBrand]: true };

const MAC =
  /^\s*([0-9a-f]{1,2}):([0-9a-f]{1,2}):([0-9a-f]{1,2}):([0-9a-f]{1,2}):([0-9a-f]{1,2}):([0-9a-f]{1,2})$/i;

/** Six hexadecimal bytes with colons; a byte may have one digit. Undefined when it is none. */
export function parseMac(text: string): Mac | undefined {
  const bytes = MAC.exec(text)?.slice(1);
  return bytes?.map((byte) => byte.padStart(2, '0').toLowerCase()).join(':') as Mac | undefined;
}

export const mac: Scalar<Mac> = {
  shape: { type: 'string', pattern: '[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){5}' },
  expected: '',
  parse: parseMac,
  format: (value) => value,
};
