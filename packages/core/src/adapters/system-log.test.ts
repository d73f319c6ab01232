import { expect, test } from 'vitest';
import { journalEntry, syslogEntry } from './system-log.js';

const line = { name: 'virtfood', pid: 7, severity: 4, message: 'disk is full', fields: { bytesLeft: 12n } };

test('an entry of the journal has a line for each field', () => {
  expect(Buffer.from(journalEntry(line)).toString()).toBe(
    'MESSAGE=disk is full\nPRIORITY=4\nSYSLOG_IDENTIFIER=virtfood\nMODVIRT_BYTES_LEFT=12\n',
  );
});

test('a value of several lines comes with its length', () => {
  const entry = Buffer.from(journalEntry({ ...line, message: 'a\nPRIORITY=0', fields: {} }));
  expect(entry.subarray(0, 8).toString()).toBe('MESSAGE\n');
  expect(entry.readBigUInt64LE(8)).toBe(12n);
  expect(entry.subarray(16).toString()).toBe('a\nPRIORITY=0\nPRIORITY=4\nSYSLOG_IDENTIFIER=virtfood\n');
});

test('a line of syslog is one line, whatever is in it', () => {
  const text = Buffer.from(syslogEntry({ ...line, message: 'a\nb' }, 'libvirtd')).toString();
  expect(text).toBe('<28>libvirtd[7]: a b bytesLeft=12');
});
