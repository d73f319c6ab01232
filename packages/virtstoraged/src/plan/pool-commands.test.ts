import { type Pool, parsePool } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import { expect, test } from 'vitest';
import { makeFileSystemCommand, mountSource, startCommand } from './pool-commands.js';

const pool = (type: string, source: string): Pool =>
  parsePool(
    `<pool type='${type}'><name>p</name><source>${source}</source><target><path>/p</path></target></pool>`,
    { newUuid: () => '751f8e7e-d2e9-463d-8ffe-d38f5e13a19b' as Uuid },
  );

test('a device is mounted without what would let its owner take over the host', () => {
  const command = startCommand(pool('fs', "<device path='/dev/x'/>"));
  expect(command).toEqual(['mount', '-o', 'nodev,nosuid,noexec', '-t', 'auto', '/dev/x', '/p']);
});

test('the address of a server is told from the path by brackets', () => {
  expect(mountSource(pool('netfs', "<host name='fe80::1'/><dir path='/x'/>"))).toBe('[fe80::1]:/x');
});

test('refuses a device that a tool would take for an option, and more than one', () => {
  expect(() => mountSource(pool('fs', "<device path='-bind'/>"))).toThrow('is no path of a device');
  const two = "<device path='/dev/x'/><device path='/dev/y'/>";
  expect(() => mountSource(pool('fs', two))).toThrow('expected exactly 1 device');
});

test('file systems are made by their own tool, which asks nothing', () => {
  const made = (format: string) =>
    makeFileSystemCommand(pool('fs', `<device path='/dev/x'/><format type='${format}'/>`));
  expect(made('xfs')).toEqual(['mkfs', '-t', 'xfs', '-f', '/dev/x']);
  expect(made('ext3')).toEqual(['mkfs', '-t', 'ext3', '/dev/x']);
});
