import { expect, test } from 'vitest';
import { withoutBlanks } from './monitor-command-handlers.js';

test('takes blanks away between the parts of a document and leaves those in strings', () => {
  expect(withoutBlanks('{"return": {"a b": "c \\" d", "n": 18446744073709551615}, "id": "x"}')).toBe(
    '{"return":{"a b":"c \\" d","n":18446744073709551615},"id":"x"}',
  );
});
