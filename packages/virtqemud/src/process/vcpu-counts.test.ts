import { type Domain, parseDomain } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import { expect, test } from 'vitest';
import { currentVcpus, withMaximumVcpus, withVcpus } from './vcpu-counts.js';

const uuid = '9f1c6a52-77a5-4a0e-9f0e-0b8f5a1f6c11' as Uuid;

function domain(inside: string): Domain {
  const text = `<domain type='qemu'><name>x</name><memory>1024</memory>${inside}<os><type>hvm</type></os></domain>`;
  return parseDomain(text, { newUuid: () => uuid });
}

test('says how many of the most there may be', () => {
  const changed = withVcpus(domain('<vcpu>4</vcpu>'), 2, false);
  expect(changed.vcpu).toMatchObject({ count: 4, current: 2 });
  expect(withVcpus(changed, 4, false).vcpu).not.toHaveProperty('current');
});

test('refuses more than there may be', () => {
  expect(() => withVcpus(domain('<vcpu>2</vcpu>'), 3, false)).toThrow(
    'requested vcpus is greater than max allowable vcpus for the persistent domain: 3 > 2',
  );
});

test('lists each when some may go again', () => {
  const changed = withVcpus(domain("<vcpu current='1'>3</vcpu>"), 2, true);
  expect(changed.vcpus).toEqual([
    { id: 0, enabled: true, hotpluggable: false },
    { id: 1, enabled: true, hotpluggable: true },
    { id: 2, enabled: false },
  ]);
  expect(withVcpus(changed, 1, true).vcpus[1]).toEqual({ id: 1, enabled: false, hotpluggable: true });
});

test('has no more at the start than there may be', () => {
  const changed = withMaximumVcpus(domain('<vcpu>4</vcpu>'), 2);
  expect(changed.vcpu.count).toBe(2);
  expect(currentVcpus(changed)).toBe(2);
});

test('keeps to the topology', () => {
  const placed = domain("<vcpu>4</vcpu><cpu><topology sockets='2' cores='2' threads='1'/></cpu>");
  expect(() => withMaximumVcpus(placed, 6)).toThrow("CPU topology doesn't match the desired vcpu count");
  expect(withMaximumVcpus(placed, 4).vcpu.count).toBe(4);
});
