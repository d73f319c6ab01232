import { expect, test } from 'vitest';
import type { Logger } from '../ports/logger.js';
import { withUndo } from './with-undo.js';

function logInto(lines: string[]): Logger {
  const log: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (message) => lines.push(message),
    child: () => log,
  };
  return log;
}

test('takes steps back last first, goes on over one that fails, and throws the first error', async () => {
  const lines: string[] = [];
  const undone: string[] = [];
  const run = withUndo(logInto(lines), async (undo) => {
    undo.add('one', () => void undone.push('one'));
    undo.add('two', () => Promise.reject(new Error('cannot')));
    undo.add('three', () => void undone.push('three'));
    throw new Error('first');
  });
  await expect(run).rejects.toThrow('first');
  expect(undone).toEqual(['three', 'one']);
  expect(lines).toEqual(['undo failed']);
});

test('takes nothing back when all went well', async () => {
  const undone: string[] = [];
  await withUndo(logInto([]), async (undo) => undo.add('one', () => void undone.push('one')));
  expect(undone).toEqual([]);
});
