import { VirError } from '@modvirt/core/errors';
import { defaultPort } from '../block/default-ports.js';
import type { DomainDraft, Draft } from '../definition/draft.js';
import type { Disk, StorageSource } from '../definition/types.js';

/** Drivers, formats and defaults of disks; buses and places are common to all hypervisors. */
export function fillDisks(domain: DomainDraft): void {
  for (const disk of domain.devices.disks) fillDisk(disk);
}

function fillDisk(disk: Draft<Disk>): void {
  if (disk.target.tray === 'closed') delete disk.target.tray;
  if (disk.readonly === true && disk.snapshot === 'no') delete disk.snapshot;
  fillSource(disk);
  if (disk.mirror !== undefined) disk.mirror.formatElement ??= { type: 'raw' };
  if (disk.type === 'vhostuser') disk.snapshot ??= 'no';
  disk.driver ??= { iothreads: [] };
  const { driver } = disk;
  driver.name ??= 'qemu';
  if (driver.name !== 'qemu') {
    throw VirError.of(
      'CONFIG_UNSUPPORTED',
      `unsupported driver name '${driver.name}' for disk '${disk.source === undefined ? '' : disk.target.dev}'`,
    );
  }
  if (disk.type !== 'volume') driver.type ??= 'raw';
  let below = disk.backingStore;
  while (below !== undefined && below.type !== 'none') {
    below.format ??= { type: 'raw' };
    fillSource(below);
    below = below.backingStore;
  }
}

/** Ports, LUNs and the engine of encryption that a source leaves out. */
function fillSource(source: Draft<StorageSource>): void {
  const encryption = source.source?.encryption;
  if (encryption !== undefined) encryption.engine ??= 'qemu';
  if (source.type !== 'network' || source.source === undefined) return;
  const { protocol, hosts } = source.source;
  if (protocol === 'iscsi' && source.source.name?.includes('/') === false) source.source.name += '/0';
  const port = defaultPort(protocol);
  for (const host of hosts) {
    if (port !== undefined && (host.transport ?? 'tcp') === 'tcp') host.port ??= port;
  }
}
