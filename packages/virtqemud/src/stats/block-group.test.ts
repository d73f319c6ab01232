import { type Domain, parseDomain } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import { expect, test } from 'vitest';
import type { BlockCounters, BlockNode } from '../monitor/block-queries.js';
import { type BlockFacts, blockGroup } from './block-group.js';

const uuid = '9f1c6a52-77a5-4a0e-9f0e-0b8f5a1f6c11' as Uuid;

function domain(): Domain {
  const disk = `<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/a.qcow2'/>
    <target dev='vda' bus='virtio'/><alias name='virtio-disk0'/></disk>`;
  const cdrom = `<disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/><alias name='sata0-0-0'/></disk>`;
  const text = `<domain type='qemu' id='1'><name>x</name><memory>1024</memory><os><type>hvm</type></os>
    <devices>${disk}${cdrom}</devices></domain>`;
  return parseDomain(text, { newUuid: () => uuid });
}

function counters(readRequests: bigint): BlockCounters {
  const zero = { readBytes: 0n, readTimeNs: 0n, writeRequests: 0n, writeBytes: 0n, writeTimeNs: 0n };
  return { ...zero, readRequests, flushRequests: 0n, flushTimeNs: 0n, highestOffset: 0n };
}

function node(capacityBytes: bigint, fileName: string): BlockNode {
  return { capacityBytes, allocatedBytes: 4096n, writeThreshold: 0n, fileName };
}

const facts: BlockFacts = {
  devices: [
    {
      device: '/machine/peripheral/virtio-disk0/virtio-backend',
      nodeName: 'libvirt-2-format',
      counters: counters(5n),
      backing: { nodeName: 'libvirt-3-format', counters: counters(1n), backing: undefined },
    },
    { device: 'sata0-0-0', nodeName: undefined, counters: counters(0n), backing: undefined },
  ],
  nodes: new Map([
    ['libvirt-2-format', node(1000n, '/a.qcow2')],
    ['libvirt-3-format', node(900n, '/base.qcow2')],
  ]),
  closed: new Map(),
};

function shown(withBacking: boolean): Record<string, unknown> {
  const params = blockGroup(domain(), facts, withBacking);
  return Object.fromEntries(params.map(({ field, value }) => [field, value.value]));
}

test('has one row for each disk, with what QEMU knows of it', () => {
  const row = shown(false);
  expect(row).toMatchObject({
    'block.count': 2,
    'block.0.name': 'vda',
    'block.0.path': '/a.qcow2',
    'block.0.backingIndex': 2,
    'block.0.rd.reqs': 5n,
    'block.0.allocation': 0n,
    'block.0.capacity': 1000n,
    'block.0.physical': 4096n,
    'block.1.name': 'sda',
    'block.1.rd.reqs': 0n,
  });
  expect(row).not.toHaveProperty(['block.1.capacity']);
});

test('has rows for the images below when asked', () => {
  expect(shown(true)).toMatchObject({
    'block.count': 3,
    'block.1.name': 'vda',
    'block.1.path': '/base.qcow2',
    'block.1.backingIndex': 3,
    'block.1.rd.reqs': 1n,
    'block.2.name': 'sda',
  });
});

test('says of a disk that nobody has open what its image takes', () => {
  const closed = new Map([['vda', { capacity: 1000n, allocation: 0n, physical: 512n }]]);
  const params = blockGroup(domain(), { devices: [], nodes: new Map(), closed }, false);
  expect(params.map(({ field }) => field)).toEqual([
    'block.count',
    'block.0.name',
    'block.0.path',
    'block.0.capacity',
    'block.0.physical',
    'block.1.name',
  ]);
});
