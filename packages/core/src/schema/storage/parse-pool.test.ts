import { expect, test } from 'vitest';
import type { Uuid } from '../../wire/uuid.js';
import { sanitizePath } from './fill-pool.js';
import { formatPool, parsePool } from './parse-pool.js';

const newUuid = (): Uuid => '751f8e7e-d2e9-463d-8ffe-d38f5e13a19b' as Uuid;
const parse = (xml: string) => parsePool(xml, { newUuid });

test('a pool is called like what it is made of, where it has no name of its own', () => {
  const pool = parse("<pool type='logical'><source><name>vg</name></source></pool>");
  expect(pool).toMatchObject({ name: 'vg', target: { path: '/dev/vg' } });
});

test.each([
  ["<pool type='dir'><name>p</name></pool>", 'missing storage pool target path'],
  ["<pool type='dir'><name>a/b</name></pool>", "name a/b cannot contain '/'"],
  ["<pool type='dir'><target><path>/p</path></target></pool>", 'missing pool source name element'],
  ["<pool type='netfs'><name>p</name></pool>", 'missing storage pool source host name'],
  ["<pool type='scsi'><name>p</name></pool>", 'missing storage pool source adapter'],
  ["<pool type='fs'><name>p</name><source><format type='x'/></source></pool>", 'unknown pool format type x'],
  ["<pool type='tape'><name>p</name></pool>", "Invalid value for attribute 'type' in element 'pool': 'tape'"],
])('refuses %s', (xml, message) => {
  expect(() => parse(xml)).toThrow(message);
});

test('the options of mounting are printed in their namespace', () => {
  const uri = 'http://libvirt.org/schemas/storagepool/fs/1.0';
  const xml = `<pool type='fs' xmlns:fs='${uri}'><name>p</name><source><device path='/dev/x'/></source>
    <target><path>/p</path></target><fs:mount_opts><fs:option name='sync'/></fs:mount_opts></pool>`;
  const printed = formatPool(parse(xml));
  expect(printed).toContain(`<pool type='fs' xmlns:fs='${uri}'>`);
  expect(printed).toContain("  <fs:mount_opts>\n    <fs:option name='sync'/>\n  </fs:mount_opts>\n</pool>");
  expect(formatPool(parse(printed))).toBe(printed);
});

test('paths lose slashes that say nothing', () => {
  expect(['/a//b/', '//a', '///a', '/'].map(sanitizePath)).toEqual(['/a/b', '//a', '/a', '/']);
});
