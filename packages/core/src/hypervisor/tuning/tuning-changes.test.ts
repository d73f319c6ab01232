import { expect, test } from 'vitest';
import { stringParameter, ullongParameter } from '../../protocol/typed-parameter.js';
import { formatDomain, parseDomain } from '../../schema/domain/parse-domain.js';
import type { Domain } from '../../schema/domain/post-parse/filled-domain.js';
import type { Uuid } from '../../wire/uuid.js';
import {
  blkioChange,
  iothreadIds,
  memoryChange,
  numaChange,
  schedulerChange,
  withVcpuPin,
} from './tuning-changes.js';

const uuid = '9f1c6a52-77a5-4a0e-9f0e-0b8f5a1f6c11' as Uuid;

function domain(inside = ''): Domain {
  const text = `<domain type='qemu'><name>x</name><memory>1024</memory>${inside}<os><type>hvm</type></os></domain>`;
  return parseDomain(text, { newUuid: () => uuid });
}

test('keeps one place for each vCPU, in their order', () => {
  const first = withVcpuPin(domain('<vcpu>2</vcpu>'), 1, [0], 'persistent');
  const both = withVcpuPin(withVcpuPin(first, 0, [1], 'persistent'), 1, [0, 1], 'persistent');
  expect(formatDomain(both)).toContain(
    "<vcpupin vcpu='0' cpuset='1'/>\n    <vcpupin vcpu='1' cpuset='0-1'/>\n",
  );
});

test('refuses a vCPU that is not there', () => {
  expect(() => withVcpuPin(domain('<vcpu>2</vcpu>'), 2, [0], 'live')).toThrow(
    'vcpu 2 is out of range of live cpu count 2',
  );
});

test('numbers iothreads that have no number', () => {
  expect(
    iothreadIds(domain("<iothreads>3</iothreads><iothreadids><iothread id='2'/></iothreadids>")),
  ).toEqual([2, 1, 3]);
});

test('changes what is named of the scheduler and nothing else', () => {
  const tuned = domain('<cputune><shares>100</shares><quota>5000</quota></cputune>');
  const changed = schedulerChange([ullongParameter('vcpu_period', 20_000n)], 'QEMU')(tuned);
  expect(changed.cputune).toMatchObject({ shares: 100n, quota: 5000n, period: 20_000n });
});

test('refuses a period that the kernel would not take', () => {
  expect(() => schedulerChange([ullongParameter('vcpu_period', 1n)], 'QEMU')).toThrow(
    "value of 'vcpu_period' is out of range [1000, 1000000]",
  );
});

test('takes limits of memory away that are without an end', () => {
  const tuned = domain("<memtune><hard_limit unit='KiB'>5000</hard_limit></memtune>");
  const changed = memoryChange([ullongParameter('hard_limit', 9_007_199_254_740_991n)], 'QEMU')(tuned);
  expect(formatDomain(changed)).not.toContain('memtune');
});

test('keeps memory below memory and swap', () => {
  const change = memoryChange(
    [ullongParameter('hard_limit', 2000n), ullongParameter('swap_hard_limit', 1000n)],
    'QEMU',
  );
  expect(() => change(domain())).toThrow('must be lower than or equal to swap_hard_limit');
});

test('reads figures of devices in pairs', () => {
  const changed = blkioChange([stringParameter('device_weight', '/dev/a,300,/dev/b,0')], 'QEMU')(domain());
  expect(changed.blkiotune?.devices).toEqual([{ path: '/dev/a', weight: 300 }]);
  expect(() => blkioChange([stringParameter('device_weight', '/dev/a')], 'QEMU')).toThrow(
    "unable to parse blkio device 'device_weight' '/dev/a'",
  );
});

test('places memory on nodes', () => {
  const changed = numaChange([stringParameter('numa_nodeset', '0-1')], 'QEMU')(domain());
  expect(changed.numatune?.memory).toEqual({ mode: 'strict', nodeset: [0, 1] });
});
