import { array, assert, integer, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { LineReader } from './line-reader.js';

function linesOf(
  bytes: Uint8Array,
  pieceBytes: number,
): { readonly lines: string[]; readonly pending: number } {
  const reader = new LineReader();
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    reader.feed(bytes.slice(at, at + pieceBytes), (line) => lines.push(line));
  }
  return { lines, pending: reader.pendingBytes };
}

test('finds the lines, in whatever pieces they come', () => {
  const line = string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ''));
  assert(
    property(array(line), integer({ min: 1, max: 50 }), (lines, pieceBytes) => {
      const bytes = new TextEncoder().encode(lines.map((it) => `${it}\n`).join(''));
      expect(linesOf(bytes, pieceBytes)).toEqual({ lines, pending: 0 });
    }),
    { numRuns: 200, seed: 3 },
  );
});

test('says how much of a line has come, and forgets it when told', () => {
  const reader = new LineReader();
  const lines: string[] = [];
  reader.feed(new TextEncoder().encode('one\ntw'), (line) => lines.push(line));
  expect(reader.pendingBytes).toBe(2);
  reader.clear();
  reader.feed(new TextEncoder().encode('three\n'), (line) => lines.push(line));
  expect(lines).toEqual(['one', 'three']);
});

test('a flood of single bytes costs no more than its bytes', () => {
  const reader = new LineReader();
  const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
  for (let i = 0; i < 500_000; i++) reader.feed(Uint8Array.of(0x61), () => undefined);
  const after = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
  expect(reader.pendingBytes).toBe(500_000);
  // A view for each would be a hundred times this.
  expect(after - before).toBeLessThan(80_000_000);
});
