import { expect, test } from 'vitest';
import { formatLogFilters, formatLogOutputs, parseLogFilters, parseLogOutputs } from './log-syntax.js';

test('filters are words with a priority and a name that may stand anywhere', () => {
  const filters = parseLogFilters(' 3:foo  1:bar.baz 4:a*b 2:+x');
  expect(formatLogFilters(filters)).toBe('3:*foo* 1:*bar.baz* 4:a*b 2:*x*');
  expect(parseLogFilters('')).toEqual([]);
});

test.each([
  ['foo', "Malformed format for filter 'foo'"],
  ['9:foo', "Invalid priority '9' for filter '9:foo'"],
])('refuses the filter %s', (text, detail) => {
  expect(() => parseLogFilters(text)).toThrow(`invalid argument: ${detail}`);
});

test('outputs are words with a priority and a destination', () => {
  const text = '1:file:/tmp/x 3:stderr 2:syslog:virtd 4:journald';
  expect(formatLogOutputs(parseLogOutputs(text))).toBe(text);
});

test.each([
  ['9:x', "Invalid log priority '9' for log output '9:x'"],
  ['1:foo', "Invalid log destination 'foo' for log output '1:foo'"],
  ['1:file', "Log output '1:file' does not meet the format requirements for destination type 'file'"],
  [
    '1:stderr:x',
    "Log output '1:stderr:x' does not meet the format requirements for destination type 'stderr'",
  ],
  ['1', "Malformed format for log output '1'"],
])('refuses the output %s', (text, detail) => {
  expect(() => parseLogOutputs(text)).toThrow(`invalid argument: ${detail}`);
});
