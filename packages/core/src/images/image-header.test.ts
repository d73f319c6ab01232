import { expect, test } from 'vitest';
import { HEADER_BYTES, readImageHeader } from './image-header.js';

interface Qcow2 {
  readonly backing?: string;
  readonly backingFormat?: string;
  readonly nameLength?: number;
  readonly nameOffset?: bigint;
}

function qcow2({ backing = '', backingFormat, nameLength, nameOffset = 200n }: Qcow2): Uint8Array {
  const bytes = new Uint8Array(1024);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x514649fb);
  view.setUint32(4, 3);
  view.setBigUint64(8, backing === '' ? 0n : nameOffset);
  view.setUint32(16, nameLength ?? backing.length);
  view.setUint32(20, 16);
  view.setBigUint64(24, 1n << 62n);
  view.setBigUint64(80, 1n);
  view.setUint32(100, 104);
  bytes.set(new TextEncoder().encode(backing), 200);
  if (backingFormat !== undefined) {
    view.setUint32(104, 0xe2792aca);
    view.setUint32(108, backingFormat.length);
    bytes.set(new TextEncoder().encode(backingFormat), 112);
  }
  return bytes;
}

test('reads what a qcow2 image says of itself and of what it stands on', () => {
  expect(readImageHeader(qcow2({ backing: 'base', backingFormat: 'qcow2' }))).toEqual({
    format: 'qcow2',
    capacity: 1n << 62n,
    clusterBytes: 65536n,
    backing: { path: 'base', format: 'qcow2' },
    compat: '1.1',
    features: { lazyRefcounts: true },
  });
});

test('a name that is not in the header, or longer than names are, is none', () => {
  for (const lie of [
    { nameLength: 0xffff_ffff },
    { nameLength: 1024 },
    { nameOffset: 0xffff_ffff_ffff_ffffn },
  ]) {
    expect(readImageHeader(qcow2({ backing: 'base', ...lie }))).not.toHaveProperty('backing');
  }
});

test('an extension that says it is longer than the file ends the search', () => {
  const bytes = qcow2({ backing: 'base', backingFormat: 'raw' });
  new DataView(bytes.buffer).setUint32(108, 0xffff_fff8);
  expect(readImageHeader(bytes).backing).toEqual({ path: 'base' });
});

test('what is too short to be an image of its format has that format and nothing else', () => {
  for (const length of [8, 20, 71, 103]) {
    expect(readImageHeader(qcow2({}).subarray(0, length))).toEqual({ format: 'qcow2' });
  }
});

test('no bytes at all are a raw image, and so is what has no mark', () => {
  expect(readImageHeader(new Uint8Array(0))).toEqual({ format: 'raw' });
  expect(readImageHeader(new Uint8Array(4096).fill(0x41))).toEqual({ format: 'raw' });
});

test('knows a CD image by a mark far inside', () => {
  const bytes = new Uint8Array(HEADER_BYTES);
  bytes.set(new TextEncoder().encode('CD001'), 0x8001);
  expect(readImageHeader(bytes)).toEqual({ format: 'iso' });
});

test('never fails, whatever stands after a mark', () => {
  const marks = ['QFI\xfb\0\0\0\x01', 'QFI\xfb\0\0\0\x02', 'QFI\xfb\0\0\0\x03', 'QED\0', 'KDMV', 'conectix'];
  for (const mark of marks) {
    for (let length = mark.length; length < 600; length += 7) {
      const bytes = new Uint8Array(length).fill(0xff);
      bytes.set(Uint8Array.from(mark, (it) => it.charCodeAt(0)));
      expect(() => readImageHeader(bytes)).not.toThrow();
    }
  }
});
