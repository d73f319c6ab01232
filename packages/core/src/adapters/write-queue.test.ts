import { expect, test } from 'vitest';
import { type Sending, WriteQueue } from './write-queue.js';

/** A kernel that takes `room` bytes a call, and then nothing. */
function kernel(room: readonly number[]): Sending & { readonly calls: string[] } {
  const left = [...room];
  const calls: string[] = [];
  const take = (text: string, mark: string) => {
    const size = Math.min(left.shift() ?? -1, text.length);
    calls.push(size < 0 ? 'full' : mark + text.slice(0, size));
    return size;
  };
  return {
    calls,
    send: (pieces, skip) => take(Buffer.concat(pieces).subarray(skip).toString(), ''),
    sendWithDescriptors: (bytes, descriptors) => take(Buffer.from(bytes).toString(), `${descriptors} `),
  };
}

function queueOf(...pieces: readonly (readonly [string, number[]?])[]) {
  const closed: number[] = [];
  const queue = new WriteQueue((descriptor) => closed.push(descriptor));
  for (const [text, descriptors] of pieces) queue.push(Buffer.from(text), descriptors ?? []);
  return { queue, closed };
}

test('sends many pieces in one call', () => {
  const { queue } = queueOf(['one '], [''], ['two '], ['three']);
  const { calls, ...sending } = kernel([100]);
  expect(queue.flush(sending)).toBe(true);
  expect(calls).toEqual(['one two three']);
});

test('goes on where the kernel stopped, within a piece or at its end', () => {
  const { queue } = queueOf(['abcd'], ['efgh'], ['ijkl']);
  const { calls, ...sending } = kernel([6, 2, 1, 100]);
  expect(queue.flush(sending)).toBe(true);
  expect(calls).toEqual(['abcdef', 'gh', 'i', 'jkl']);
  expect(queue.pendingBytes).toBe(0);
});

test('sends a piece with descriptors alone, and closes them then', () => {
  const { queue, closed } = queueOf(['head'], ['A', [7]], ['B', [8, 9]], ['tail']);
  const { calls, ...sending } = kernel([100, 100, 100]);
  expect(queue.flush(sending)).toBe(false);
  expect(calls).toEqual(['head', '7 A', '8,9 B', 'full']);
  expect(closed).toEqual([7, 8, 9]);
  expect(queue.pendingBytes).toBe(4);
});

test('sends descriptors once when their piece is cut', () => {
  const { queue, closed } = queueOf(['long', [7]], ['next']);
  const { calls, ...sending } = kernel([1, 100]);
  expect(queue.flush(sending)).toBe(true);
  expect(calls).toEqual(['7 l', 'ongnext']);
  expect(closed).toEqual([7]);
});

test('closes the descriptors of what is never sent', () => {
  const { queue, closed } = queueOf(['x', [7]], ['y', [8]]);
  queue.clear();
  expect([closed, queue.pendingBytes]).toEqual([[7, 8], 0]);
});
