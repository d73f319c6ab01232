import { stringParameter, ullongParameter } from '@modvirt/core/protocol';
import { expect, test } from 'vitest';
import { changedIotune } from './iotune-changes.js';

test('a limit for both ways takes the place of those for each', () => {
  const before = { read_iops_sec: 5n, write_iops_sec: 6n, read_bytes_sec: 7n };
  expect(changedIotune(before, [ullongParameter('total_iops_sec', 10n)])).toEqual({
    read_bytes_sec: 7n,
    total_iops_sec: 10n,
  });
});

test('takes a limit away that is nothing', () => {
  expect(changedIotune({ total_bytes_sec: 5n }, [ullongParameter('total_bytes_sec', 0n)])).toEqual({});
});

test('refuses both forms at once', () => {
  const both = [ullongParameter('total_bytes_sec', 5n), ullongParameter('read_bytes_sec', 5n)];
  expect(() => changedIotune(undefined, both)).toThrow(
    'total and read/write of bytes_sec cannot be set at the same time',
  );
});

test('names the group that shares the limits', () => {
  expect(changedIotune(undefined, [stringParameter('group_name', 'g')])).toEqual({ group_name: 'g' });
});
