import {
  array,
  bigInt,
  constantFrom,
  dictionary,
  double,
  integer,
  letrec,
  nat,
  oneof,
  property,
  string,
  tuple,
  uint8Array,
  assert as verify,
} from 'fast-check';
import { expect, test } from 'vitest';
import { FrameReader, FrameWriter } from './frame-codec.js';
import type { Frame } from './frames.js';

const values = letrec((tie) => ({
  value: oneof(
    { maxDepth: 4 },
    integer(),
    // Whole numbers travel as integers, so minus zero loses its sign.
    double({ noNaN: true }).map((value) => value + 0),
    bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
    string({ unit: 'grapheme' }),
    uint8Array(),
    constantFrom(null, true, false),
    array(tie('value'), { maxLength: 5 }),
    dictionary(string({ minLength: 1 }), tie('value'), { maxKeys: 5, noNullPrototype: true }),
  ),
})).value;

const calls = tuple(nat(), values).map(
  ([id, args]): Frame => ({
    type: 'call',
    id,
    session: 1,
    program: 5,
    procedure: 7,
    deadlineMs: 0,
    descriptors: 0,
    args,
  }),
);

/** Frames, or the error, whatever the size of the pieces. */
function readAll(bytes: Uint8Array, pieceBytes: number): Frame[] | 'refused' {
  const reader = new FrameReader();
  const frames: Frame[] = [];
  try {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      reader.feed(bytes.slice(at, at + pieceBytes), (frame) => frames.push(frame) > 0);
    }
    return frames;
  } catch (error) {
    expect(error).toMatchObject({ name: 'ProtocolError' });
    return 'refused';
  }
}

function joined(frames: readonly Frame[]): Uint8Array {
  const writer = new FrameWriter();
  const parts = frames.map((frame) => new Uint8Array(writer.encode(frame)));
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

test('what is written is read again, in whatever pieces', () => {
  verify(
    property(array(calls, { maxLength: 4 }), integer({ min: 1, max: 200 }), (frames, pieceBytes) => {
      expect(readAll(joined(frames), pieceBytes)).toEqual(frames);
    }),
    { numRuns: 150 },
  );
});

test('changed bytes are frames or refused, never anything else', () => {
  const changes = array(tuple(nat(), integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 8 });
  verify(
    property(calls, changes, (frame, edits) => {
      const bytes = joined([frame]);
      for (const [at, byte] of edits) bytes[at % bytes.length] = byte;
      const whole = readAll(bytes, bytes.length);
      expect(readAll(bytes, 1)).toEqual(whole);
    }),
    { numRuns: 400 },
  );
});

test('random bytes are refused or not complete', () => {
  verify(
    property(uint8Array({ maxLength: 300 }), (bytes) => {
      readAll(bytes, 7);
    }),
    { numRuns: 400 },
  );
});
