import { array, assert, constantFrom, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { VirError } from '../errors/vir-error.js';
import { parseConnectionUri } from './connection-uri.js';

test('takes a URI apart', () => {
  expect(parseConnectionUri('QEMU+ssh://root@[fe80::1]:2222/system?socket=%2Frun%2Fa&no_tty')).toEqual({
    scheme: 'qemu',
    transport: 'ssh',
    user: 'root',
    host: 'fe80::1',
    port: 2222,
    path: '/system',
    query: new Map([
      ['socket', '/run/a'],
      ['no_tty', ''],
    ]),
  });
});

test('any text is a URI or refused, however long', () => {
  const piece = constantFrom(
    'qemu',
    '+',
    ':',
    '//',
    '@',
    '[',
    ']',
    '/',
    '?',
    '#',
    '&',
    '=',
    '%',
    '%zz',
    '%41',
    '1',
    'ä',
    ' ',
  );
  const texts = array(piece, { maxLength: 20 }).map((pieces) => pieces.join(''));
  const check = (text: string): void => {
    try {
      expect(parseConnectionUri(text).scheme).toMatch(/^[a-z]/);
    } catch (error) {
      expect(error).toBeInstanceOf(VirError);
    }
  };
  assert(property(texts, check), { numRuns: 2000, seed: 7 });
  assert(property(string({ unit: 'binary' }), check), { numRuns: 500, seed: 8 });
  for (const text of ['a://', 'a+b://x@', 'a:///?', 'a://[']) check(text + 'x'.repeat(1_000_000));
});
