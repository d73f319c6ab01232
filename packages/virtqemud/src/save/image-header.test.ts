import { expect, test } from 'vitest';
import { decodeHeader, decodeTexts, encodeHead, HEADER_BYTES, replaceHead } from './image-header.js';

const HEAD = { wasRunning: true, format: 'gzip', xml: '<domain/>\n', cookie: '<cookie/>\n' } as const;

test('what was written is read again, and is not complete before it says so', () => {
  const bytes = encodeHead(HEAD);
  const facts = decodeHeader(bytes);
  expect(facts).toMatchObject({ isComplete: false, wasRunning: true, format: 'gzip', cookieOffset: 11 });
  expect(facts.dataBytes).toBe(bytes.length - HEADER_BYTES);
  expect(facts.dataBytes).toBe(11 + 11 + 65536);
  expect(decodeTexts(bytes.subarray(HEADER_BYTES), facts)).toEqual({ xml: HEAD.xml, cookie: HEAD.cookie });
});

test('begins the stream where it is asked to', () => {
  expect(encodeHead(HEAD, 4096).length % 4096).toBe(0);
});

test('reads an image of a host with the other byte order', () => {
  const bytes = encodeHead({ ...HEAD, format: 'xz' });
  for (let at = 16; at < 36; at += 4) bytes.subarray(at, at + 4).reverse();
  expect(decodeHeader(bytes)).toMatchObject({ format: 'xz', wasRunning: true, cookieOffset: 11 });
});

test('refuses what is no image, in words that clients know', () => {
  const bytes = encodeHead(HEAD);
  expect(() => decodeHeader(bytes.subarray(0, 40))).toThrow('failed to read qemu header');
  expect(() => decodeHeader(new Uint8Array(HEADER_BYTES))).toThrow('image magic is incorrect');
  const view = new DataView(bytes.buffer);
  view.setUint32(28, 9, true);
  expect(() => decodeHeader(bytes)).toThrow('Invalid compressed save format 9');
});

test('an edited text must fit in front of the stream', () => {
  const facts = decodeHeader(encodeHead(HEAD));
  const edited = replaceHead({ ...HEAD, xml: '<domain type="qemu"/>' }, facts.dataBytes);
  expect(decodeHeader(edited)).toMatchObject({ isComplete: true, dataBytes: facts.dataBytes });
  const long = { ...HEAD, xml: 'x'.repeat(70_000) };
  expect(() => replaceHead(long, facts.dataBytes)).toThrow('new xml too large to fit in file');
});
