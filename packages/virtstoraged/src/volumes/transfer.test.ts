import { streamPair } from '@modvirt/core/testing';
import { expect, test } from 'vitest';
import type { OpenVolume } from '../files/volume-files.js';
import { receiveVolume, sendVolume } from './transfer.js';

/** A volume in memory. */
function memoryVolume(content: Uint8Array) {
  let bytes = Uint8Array.from(content);
  const grow = (size: number): void => {
    const larger = new Uint8Array(size);
    larger.set(bytes.subarray(0, size));
    bytes = larger;
  };
  const volume: OpenVolume = {
    sizeBytes: BigInt(content.length),
    async read(into, position) {
      const piece = bytes.subarray(Number(position), Number(position) + into.length);
      into.set(piece);
      return piece.length;
    },
    async write(piece, position) {
      if (Number(position) + piece.length > bytes.length) grow(Number(position) + piece.length);
      bytes.set(piece, Number(position));
    },
    truncate: async (size) => grow(Number(size)),
    close: async () => {},
  };
  return { volume, content: () => bytes };
}

const pattern = (length: number): Uint8Array => Uint8Array.from({ length }, (_it, at) => (at % 255) + 1);

function withHole(): Uint8Array {
  const bytes = new Uint8Array(40_000);
  bytes.set(pattern(5000));
  bytes.set(pattern(3000), 36_000);
  return bytes;
}

test.each([true, false])('a volume that is sent and received is the same (sparse: %s)', async (sparse) => {
  const { daemon: near, caller: far } = streamPair();
  const target = memoryVolume(pattern(20_000));
  const whole = { offset: 0n, length: 0n, sparse };
  const sent = sendVolume(memoryVolume(withHole()).volume, near, whole).then(() => near.finish());
  await receiveVolume(target.volume, far, whole);
  await sent;
  expect(target.content()).toEqual(withHole());
});

test('a part is sent from its offset, and put at one', async () => {
  const { daemon: near, caller: far } = streamPair();
  const target = memoryVolume(new Uint8Array(10));
  const sent = sendVolume(memoryVolume(pattern(100)).volume, near, {
    offset: 50n,
    length: 4n,
    sparse: false,
  });
  await sent.then(() => near.finish());
  await receiveVolume(target.volume, far, { offset: 2n, length: 4n, sparse: false });
  expect([...target.content()]).toEqual([0, 0, 51, 52, 53, 54, 0, 0, 0, 0]);
});

test('refuses more than was announced', async () => {
  const { daemon: near, caller: far } = streamPair();
  const target = memoryVolume(new Uint8Array(0));
  const received = receiveVolume(target.volume, far, { offset: 0n, length: 3n, sparse: false });
  void near.write(pattern(4));
  await expect(received).rejects.toThrow('more data than was announced');
  expect(target.content()).toHaveLength(0);
});
