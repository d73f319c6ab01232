import type { Assembly } from '../assembly.js';
import {
  type DiskChain,
  diskChain,
  hasMedium,
  type NodeNumbers,
  type PlannedImage,
} from '../block/disk-chain.js';
import {
  type BackingNode,
  type BlockImage,
  effectiveNode,
  imageNodes,
  needsFormatLayers,
} from '../block/layers.js';
import { locationOf } from '../block/source-location.js';
import type { BootOrder } from '../definition/boot-order.js';
import type { Disk } from '../definition/types.js';
import { diskProps } from './disk.js';
import { addImageSecrets, type OlderSecrets } from './image-secrets.js';

/** All disks: their images' nodes and the devices that show them. */
export function addDisks(to: Assembly, boot: BootOrder, numbers: NodeNumbers): void {
  const { disks } = to.domain.devices;
  const chains = planChains(disks, numbers);
  addFloppyController(to, boot);
  for (const disk of disks) {
    if (isPluggedLater(disk)) continue;
    const chain = hasMedium(disk) ? chains.get(disk) : undefined;
    const node = chain === undefined ? undefined : addChain(to, disk, chain);
    to.out.device(diskProps(to, disk, node, boot));
  }
}

/** What a transient disk forgets is in an overlay, which is made when QEMU runs. */
function isPluggedLater(disk: Disk): boolean {
  return disk.transient !== undefined && disk.transient.shareBacking !== true;
}

/** Nodes are numbered from the last disk to the first. */
function planChains(disks: readonly Disk[], numbers: NodeNumbers): ReadonlyMap<Disk, DiskChain> {
  const chains = new Map<Disk, DiskChain>();
  for (const disk of disks.toReversed()) chains.set(disk, diskChain(disk, numbers));
  return chains;
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
    const image = addImage(to, disk, planned, below);
    node = effectiveNode(image);
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

function addImage(to: Assembly, disk: Disk, planned: PlannedImage, below: BackingNode): BlockImage {
  const older: OlderSecrets = planned.isTop ? disk : {};
  const use = { device: disk.device, readOnly: disk.readonly === true, aio: disk.driver?.io };
  const location = locationOf(planned.source, use, {
    isCdrom: (path) => to.cx.host.isCdrom(path),
    user: older.auth?.username,
  });
  const keepsFormatLayer = needsFormatLayers(to.cx.caps);
  const secrets = addImageSecrets(to, planned.image.nodePrefix, planned.source, older);
  const image: BlockImage = { ...planned.image, location, secrets, keepsFormatLayer };
  for (const props of imageNodes(image, below)) to.out.json('blockdev', props);
  if (location.type === 'file' || location.type === 'block') to.out.resource(location.path, image.readOnly);
  return image;
}
