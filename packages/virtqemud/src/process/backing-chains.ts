import { HEADER_BYTES } from '@modvirt/core/images';
import type { ImageProbe, UserIds } from '@modvirt/core/ports';
import type { Domain } from '@modvirt/core/schema';
import { lowestKnown, withChain } from '../plan/block/chain-of-disk.js';
import { hasMedium } from '../plan/block/disk-chain.js';
import { type ChainReader, localPath, readChain } from '../plan/block/read-chain.js';
import { type AskedFacts, volumeKey } from '../plan/needed-facts.js';

type Disk = Domain['devices']['disks'][number];

export interface ChainPorts {
  readonly images: ImageProbe;
  /** Whom guests run as, for messages. */
  readonly user: UserIds | undefined;
}

/** The domain with all images that its disks stand on, as these say themselves. */
export async function withBackingChains(
  { images, user }: ChainPorts,
  domain: Domain,
  asked: AskedFacts,
  signal: AbortSignal,
): Promise<Domain> {
  const reader: ChainReader = {
    head: (path) => images.head(path, HEADER_BYTES, signal),
    ...(user === undefined ? {} : { reader: ` (as uid:${user.uid}, gid:${user.gid})` }),
  };
  const disks: Disk[] = [];
  for (const disk of domain.devices.disks) disks.push(await withOwnChain(disk, asked, reader));
  return { ...domain, devices: { ...domain.devices, disks } };
}

async function withOwnChain(disk: Disk, asked: AskedFacts, reader: ChainReader): Promise<Disk> {
  if (!hasMedium(disk) || disk.type === 'vhostuser' || disk.target.bus === 'sd') return disk;
  const lowest = lowestKnown(disk);
  if (lowest === undefined) return disk;
  const source = lowest.source === disk ? placeOf(disk, asked) : lowest.source;
  // What only QEMU can reach is QEMU's to follow.
  if (localPath(source) === undefined && lowest.format !== 'raw') return disk;
  return withChain(disk, await readChain({ source, format: lowest.format }, reader));
}

function placeOf(disk: Disk, asked: AskedFacts): Disk {
  if (disk.type !== 'volume' || disk.source?.pool === undefined) return disk;
  const { pool, volume = '', mode } = disk.source;
  const place = asked.volumes.get(volumeKey({ pool, volume, mode }));
  return place === undefined ? disk : ({ ...disk, ...place } as Disk);
}
