import type { Assembly } from '../assembly.js';
import { cookieText } from '../block/cookies.js';
import {
  type DiskChain,
  diskChain,
  hasMedium,
  locationOf,
  type NodeNumbers,
  type PlannedImage,
} from '../block/disk-chain.js';
import { type BackingNode, type BlockImage, effectiveNode, imageNodes } from '../block/layers.js';
import type { BlockSecrets } from '../block/location.js';
import type { BootOrder } from '../definition/boot-order.js';
import type { Disk } from '../definition/types.js';
import { diskProps } from './disk.js';
import { addSealed, addSecret } from './secret.js';
import { tlsCredentials } from './tls.js';

/** How much GlusterFS logs. */
const GLUSTER_DEBUG_LEVEL = 4;

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
  const location = locationOf(planned.source, disk, {
    isCdrom: (path) => to.cx.host.isCdrom(path),
    glusterDebug: GLUSTER_DEBUG_LEVEL,
    user: planned.isTop ? disk.auth?.username : undefined,
  });
  const keepsFormatLayer = !to.cx.caps.has('blockjob.backing-mask-protocol');
  const secrets = addSecrets(to, planned, disk);
  const image: BlockImage = { ...planned.image, location, secrets, keepsFormatLayer };
  for (const props of imageNodes(image, below)) to.out.json('blockdev', props);
  if (location.type === 'file' || location.type === 'block') to.out.resource(location.path, image.readOnly);
  return image;
}

/** Objects that an image's nodes refer to. */
function addSecrets(to: Assembly, { source, image, isTop }: PlannedImage, disk: Disk): BlockSecrets {
  const storage = `${image.nodePrefix}-storage`;
  const login = source.source?.auth ?? (isTop ? disk.auth : undefined);
  const encryption = source.source?.encryption ?? (isTop ? disk.encryption : undefined);
  const auth =
    login === undefined
      ? undefined
      : addSecret(to, `${storage}-auth-secret0`, { ...login.secret, type: login.secret.type });
  const layer = encryption?.engine === 'librbd' ? storage : `${image.nodePrefix}-format`;
  const keys = (encryption?.secrets ?? []).map((secret, at) =>
    addSecret(to, `${layer}-encryption-secret${at}`, { ...secret, type: 'volume' }),
  );
  const cookies = source.type === 'network' ? (source.source?.cookies ?? []) : [];
  const cookie =
    cookies.length === 0
      ? undefined
      : addSealed(to, `${storage}-httpcookie-secret0`, new TextEncoder().encode(cookieText(cookies)));
  return { auth, encryption: keys, cookie, tlsCredentials: addTls(to, source, storage) };
}

function addTls(to: Assembly, source: PlannedImage['source'], storage: string): string | undefined {
  if (source.type !== 'network' || source.source?.protocol !== 'nbd') return undefined;
  const { config } = to.cx;
  if (!(source.source.tls ?? config.nbdTls)) return undefined;
  return tlsCredentials(to, {
    alias: storage,
    directory: config.nbdTlsX509certdir,
    isServer: false,
    verifyPeer: true,
    secretUuid: config.nbdTlsX509secretUuid,
    secretAlias: `obj${storage}_tls0-secret0`,
  });
}
