import { describe, expect, test } from 'vitest';
import { VirError } from '../errors/vir-error.js';
import {
  decodeError,
  encodeError,
  encodeMessage,
  MESSAGE_MAX,
  type MessageHeader,
  MessageReader,
  messageStatuses,
  messageTypes,
  PAYLOAD_MAX,
} from './framing.js';
import { WireFormatError } from './wire-error.js';
import { XdrWriter } from './xdr-writer.js';

const header: MessageHeader = {
  program: 0x20008086,
  version: 1,
  procedure: 66,
  type: messageTypes.reply,
  serial: 7,
  status: messageStatuses.ok,
};
const lengthWord = (length: number): Uint8Array => {
  const word = new Uint8Array(4);
  new DataView(word.buffer).setUint32(0, length);
  return word;
};

function readAll(reader: MessageReader): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  for (let message = reader.next(); message !== undefined; message = reader.next()) {
    expect(message.header).toEqual(header);
    payloads.push(message.payload);
  }
  return payloads;
}

describe('a message', () => {
  test('has the bytes that libvirt sends', () => {
    const bytes = encodeMessage(header, new Uint8Array([0, 0, 0, 1]));
    expect(Buffer.from(bytes).toString('hex')).toBe(
      '00000020200080860000000100000042000000010000000700000000' + '00000001',
    );
  });

  test('is refused when it is too long', () => {
    expect(() => encodeMessage(header, new Uint8Array(PAYLOAD_MAX + 1))).toThrow(WireFormatError);
    expect(encodeMessage(header, new Uint8Array(PAYLOAD_MAX))).toHaveLength(MESSAGE_MAX + 4);
  });
});

describe('the reader', () => {
  const payloads = [0, 4, 1000, 5000, 70_000].map((length) => new Uint8Array(length).map((_, i) => i * 7));
  const stream = new Uint8Array(payloads.flatMap((payload) => [...encodeMessage(header, payload)]));

  test.each([1, 2, 3, 27, 28, 1023, 1024, 4096, 65_536, stream.length])(
    'finds every message in chunks of %i bytes',
    (size) => {
      const reader = new MessageReader();
      const found: Uint8Array[] = [];
      for (let at = 0; at < stream.length; at += size) {
        reader.push(stream.subarray(at, at + size));
        found.push(...readAll(reader));
      }
      expect(found.map((payload) => payload.length)).toEqual(payloads.map((payload) => payload.length));
      const all = Buffer.concat(payloads);
      expect(Buffer.concat(found).equals(all)).toBe(true);
      expect(reader.pendingBytes).toBe(0);
    },
  );

  test('waits at half a header, and says how much it holds', () => {
    const reader = new MessageReader();
    reader.push(stream.subarray(0, 4));
    expect(reader.next()).toBeUndefined();
    expect(reader.pendingBytes).toBe(4);
    reader.push(stream.subarray(4, 15));
    expect(reader.next()).toBeUndefined();
    expect(reader.pendingBytes).toBe(15);
  });

  test.each([0, 3, 4, 27, MESSAGE_MAX + 5, 0xffff_ffff])('refuses the length %i at once', (length) => {
    const reader = new MessageReader();
    reader.push(lengthWord(length));
    expect(() => reader.next()).toThrow(WireFormatError);
  });

  test('takes the longest length, and 28', () => {
    for (const length of [28, MESSAGE_MAX + 4]) {
      const reader = new MessageReader();
      reader.push(lengthWord(length));
      expect(reader.next()).toBeUndefined();
    }
  });

  test('takes a smaller limit while a client is not authenticated', () => {
    let limit = 100;
    const reader = new MessageReader(() => limit);
    reader.push(encodeMessage(header, new Uint8Array(200)));
    expect(() => reader.next()).toThrow(/too large, want 100/);
    limit = MESSAGE_MAX;
    const later = new MessageReader(() => limit);
    later.push(encodeMessage(header, new Uint8Array(200)));
    expect(later.next()?.payload).toHaveLength(200);
  });
});

test('an error comes back with all its fields', () => {
  const fields = VirError.of('NO_DOMAIN', "no domain with matching name 'x'", { domain: 'QEMU' }).fields;
  const to = new XdrWriter(65_536);
  encodeError(fields, to);
  expect(decodeError(to.bytes())).toEqual(fields);
});
