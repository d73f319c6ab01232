import { expect, test } from 'vitest';
import { architecture } from './architecture.js';

test("knows libvirt's names and no others", () => {
  expect(architecture.parse('ppcle')).toBe('ppcle');
  expect(() => architecture.parse('itanium')).toThrow(
    'unsupported configuration: Unknown architecture itanium',
  );
});
