import type { Scalar } from '../../xml/scalars.js';

/** File permissions: octal in the document, `0755` when printed. */
export const octal: Scalar<number> = {
  shape: { type: 'string', pattern: '[0-7]+' },
  expected: '',
  parse(text) {
    const value = /^[0-7]{1,10}$/.test(text) ? Number.parseInt(text, 8) : undefined;
    return value !== undefined && value <= 0o777 ? value : undefined;
  },
  format: (value) => `0${value.toString(8)}`,
};
