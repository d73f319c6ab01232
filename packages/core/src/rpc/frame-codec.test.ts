import { expect, test } from 'vitest';
import { FrameReader, FrameWriter } from './frame-codec.js';
import type { Frame } from './frames.js';

const call: Frame = {
  type: 'call',
  id: 7,
  session: 1,
  program: 0x20008086,
  procedure: 34,
  deadlineMs: 0,
  descriptors: 0,
  args: { name: 'web', big: 2n ** 63n, bytes: new Uint8Array([1, 2]), list: [-1, 1.5, null] },
};

function read(pieces: readonly Uint8Array[]): Frame[] {
  const reader = new FrameReader();
  const frames: Frame[] = [];
  for (const piece of pieces) reader.feed(piece, (frame) => frames.push(frame) > 0);
  return frames;
}

const framed = (...body: number[]): Uint8Array => new Uint8Array([0, 0, 0, body.length, ...body]);

test('reads back what it wrote, in whatever pieces it comes', () => {
  const writer = new FrameWriter();
  const bytes = new Uint8Array([
    ...writer.encode(call),
    ...writer.encode({ type: 'ping' }),
    ...writer.encode(call),
  ]);
  for (const size of [1, 2, 3, 5, 64, bytes.length]) {
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.slice(at, at + size));
    expect(read(pieces)).toEqual([call, { type: 'ping' }, call]);
  }
});

test('encodes an event once for many subscriptions', () => {
  const writer = new FrameWriter();
  const event = writer.encodeValue([3, 'domain', 'web']).slice();
  const frames = read(writer.encodeAround([10, 5], event));
  expect(frames).toEqual([{ type: 'event', subscription: 5, event: [3, 'domain', 'web'] }]);
});

test('refuses a length beyond the limit before anything of it has come', () => {
  expect(() => read([new Uint8Array([0xff, 0xff, 0xff, 0xff])])).toThrow(/too long/);
  expect(() => read([new Uint8Array([0xff]), new Uint8Array([0xff, 0xff, 0xff])])).toThrow(/too long/);
});

test.each([
  ['an extension type', framed(0x91, 0xd4, 0x72, 0x40)],
  ['more elements than bytes', framed(0xdd, 0xff, 0xff, 0xff, 0xff)],
  ['a value cut short', framed(0x92, 17)],
  ['bytes after the value', framed(0x91, 17, 0)],
  ['no array', framed(17)],
  ['an unknown kind', framed(0x91, 99)],
  ['a missing field', framed(0x91, 7)],
  ['a field of wrong type', framed(0x92, 7, 0xa1, 0x61)],
  ['deep nesting', framed(...Array.from({ length: 60 }, () => 0x91), 1)],
])('refuses %s', (_what, bytes) => {
  expect(() => read([bytes])).toThrow(expect.objectContaining({ name: 'ProtocolError' }));
});

test('a long frame in many tiny pieces is put together', () => {
  const writer = new FrameWriter();
  const bytes = writer.encode({ ...call, args: 'x'.repeat(50_000) });
  const pieces = Array.from({ length: bytes.length }, (_, at) => bytes.slice(at, at + 1));
  expect(read(pieces)).toEqual([{ ...call, args: 'x'.repeat(50_000) }]);
});

test.each([0, 1, 300, 60_000])('a data frame of %i bytes is its head and the bytes', (size) => {
  const bytes = new Uint8Array(size).fill(9);
  const head = new FrameWriter().dataHead(77, size);
  expect(read([head, bytes].filter((piece) => piece.length > 0))).toEqual([{ type: 'data', id: 77, bytes }]);
});
