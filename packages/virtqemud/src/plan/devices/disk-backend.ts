import type { Assembly } from '../assembly.js';
import { type DiskChain, diskChain, hasMedium, type NodeNumbers, sourcePath } from '../block/disk-chain.js';
import { type BackingNode, effectiveNode } from '../block/layers.js';
import { resolveVolume } from '../block/volumes.js';
import type { Props } from '../command/json.js';
import { options } from '../command/options.js';
import type { BootOrder } from '../definition/boot-order.js';
import { aliasOf } from '../definition/controllers.js';
import { diskIndex } from '../definition/disk-names.js';
import type { Disk } from '../definition/types.js';
import { reconnectDelay } from './chardev.js';
import { diskProps } from './disk.js';
import { addImage } from './image-backend.js';

/** All disks: their images' nodes and the devices that show them. */
export function addDisks(to: Assembly, boot: BootOrder, numbers: NodeNumbers): void {
  const { disks } = to.domain.devices;
  const chains = planChains(to, numbers);
  addFloppyController(to, boot);
  for (const disk of disks) {
    if (disk.transient?.shareBacking === true) continue;
    if (disk.target.bus === 'sd') {
      addSdCard(to, disk);
      continue;
    }
    if (disk.type === 'vhostuser') {
      addVhostUserDisk(to, disk, boot);
      continue;
    }
    addWithChain(to, disk, chains.get(disk), boot);
  }
}

function addWithChain(to: Assembly, disk: Disk, chain: DiskChain | undefined, boot: BootOrder): void {
  const node = chain === undefined || !hasMedium(disk) ? undefined : addChain(to, disk, chain);
  to.out.device(diskProps(to, disk, node, boot));
}

/** One disk of a guest that runs, whose nodes have their names. */
export function addDisk(to: Assembly, disk: Disk, boot: BootOrder): void {
  if (disk.type === 'vhostuser') addVhostUserDisk(to, disk, boot);
  else addWithChain(to, disk, chainOf(to, disk), boot);
}

/** The nodes of a disk's medium, which have their names; answers the one that the guest sees. */
export function addMedium(to: Assembly, disk: Disk): string {
  return addChain(to, disk, chainOf(to, disk));
}

function chainOf(to: Assembly, disk: Disk): DiskChain {
  let number = (disk.source?.index ?? 1) - 1;
  return diskChain(resolveVolume(disk, to.cx), { next: () => ++number, descriptors: () => undefined });
}

/** Nodes are numbered from the last disk to the first. */
function planChains(to: Assembly, numbers: NodeNumbers): ReadonlyMap<Disk, DiskChain> {
  const chains = new Map<Disk, DiskChain>();
  const planning = {
    next: () => numbers.next(),
    descriptors(group: string) {
      const found = to.cx.descriptorGroup(group);
      return found === undefined ? undefined : { ...found, fdset: to.out.newFdset() };
    },
  };
  for (const disk of to.domain.devices.disks.toReversed()) {
    if (disk.target.bus === 'sd' || disk.type === 'vhostuser') continue;
    chains.set(disk, diskChain(resolveVolume(disk, to.cx), planning));
  }
  return chains;
}

/** A disk that another process serves whole: QEMU has no block node for it. */
function addVhostUserDisk(to: Assembly, disk: Extract<Disk, { type: 'vhostuser' }>, boot: BootOrder): void {
  const chardev = `chr-vu-${aliasOf(disk)}`;
  const { path = '', reconnect } = disk.source ?? {};
  to.out.chardev(chardev, {
    type: 'socket',
    address: { type: 'unix', path },
    reconnect: reconnectDelay(to, reconnect),
  });
  const { drive: _none, ...props } = diskProps(to, disk, undefined, boot);
  to.out.device(insertBefore(props, 'id', { chardev }));
}

/** `props` with others in front of the property `name`. */
function insertBefore(props: Props, name: string, others: Props): Props {
  const entries = Object.entries(props);
  const at = entries.findIndex(([key]) => key === name);
  return Object.fromEntries([...entries.slice(0, at), ...Object.entries(others), ...entries.slice(at)]);
}

/** An SD card is part of the board: QEMU looks its drive up by number. */
function addSdCard(to: Assembly, disk: Disk): void {
  const file = sourcePath(disk);
  to.out.option(
    'drive',
    options(
      ['file', file],
      ['format', disk.driver?.type],
      ['if', 'sd'],
      ['index', diskIndex(disk.target.dev)],
      ['readonly', disk.readonly],
    ),
  );
  if (file !== undefined) to.out.resource(file, disk.readonly === true);
}

/** Q35 has no floppy controller of its own; the old PC's is told which drive it boots. */
function addFloppyController(to: Assembly, boot: BootOrder): void {
  const floppies = to.domain.devices.disks.filter((it) => it.target.bus === 'fdc');
  if (floppies.length === 0) return;
  const indexes = floppies.map((it) => boot.of(it));
  const hasBoot = indexes.some((it) => it !== undefined);
  if (to.domain.os.type?.machine?.includes('q35') === true) {
    to.out.device({ driver: 'isa-fdc', bootindexA: indexes[0], bootindexB: indexes[1] });
  } else if (hasBoot) {
    for (const [at, index] of indexes.entries()) {
      if (index !== undefined) to.out.option('global', `isa-fdc.bootindex${at === 0 ? 'A' : 'B'}=${index}`);
    }
  }
}

/** Adds a disk's nodes from the lowest image up; answers the one that the guest sees. */
function addChain(to: Assembly, disk: Disk, chain: DiskChain): string {
  let below: BackingNode = chain.ended ? null : undefined;
  let node = '';
  for (const planned of chain.images.toReversed()) {
    const older = planned.isTop && disk.type !== 'volume' ? disk : {};
    const use = { device: disk.device, readOnly: disk.readonly === true, aio: disk.driver?.io };
    node = effectiveNode(addImage(to, planned, { use, older, below }));
    below = node;
  }
  if (disk.driver?.copy_on_read === true) {
    const filter = `libvirt-CoR-${disk.target.dev}`;
    to.out.json('blockdev', { driver: 'copy-on-read', 'node-name': filter, file: node, discard: 'unmap' });
    node = filter;
  }
  for (const { node: name, group } of chain.filters) {
    to.out.json('blockdev', {
      driver: 'throttle',
      'node-name': name,
      'throttle-group': `throttle-${group}`,
      file: node,
    });
    node = name;
  }
  return node;
}
