import type { Domain } from '@modvirt/core/schema';
import { diskChain, hasMedium, type PlannedImage } from '../block/disk-chain.js';
import { effectiveNode, hasFormatLayer, needsFormatLayers, storageNode } from '../block/layers.js';
import { resolveVolume } from '../block/volumes.js';
import type { PlanContext } from '../context.js';
import type { Disk } from './types.js';

export interface NamedNodes {
  readonly domain: Domain;
  /** The last number that was given away. */
  readonly last: number;
}

/**
 * Notes the names that block nodes get, from the last disk to the first: whoever works on a disk of the running guest names its
 * nodes.
 */
export function nameNodes(domain: Domain, cx: PlanContext): NamedNodes {
  let last = 0;
  const disks = domain.devices.disks.toReversed().map((disk) => {
    if (disk.target.bus === 'sd' || disk.type === 'vhostuser') return disk;
    const named = nameDisk(disk, cx, last);
    last = named.last;
    return named.disk;
  });
  return { domain: { ...domain, devices: { ...domain.devices, disks: disks.toReversed() } }, last };
}

/** The same for one disk, with numbers that follow `last`. */
export function nameDisk(
  disk: Disk,
  cx: PlanContext,
  last: number,
): { readonly disk: Disk; readonly last: number } {
  let number = last;
  const planning = { next: () => ++number, descriptors: () => undefined };
  const chain = diskChain(resolveVolume(disk, cx), planning);
  const [top] = chain.images;
  if (top === undefined || !hasMedium(disk) || disk.source === undefined)
    return { disk: emptied(disk), last: number };
  if ((disk.source.privateData?.nodenames ?? []).length > 0) return { disk, last };
  const index = Number(/\d+/.exec(top.image.nodePrefix)?.[0] ?? 0);
  const privateData = { ...disk.source.privateData, nodenames: namesOf(top, cx) };
  const named = { ...disk, source: { ...disk.source, index, privateData } };
  // A raw image stands on no other one.
  const isAlone = disk.backingStore === undefined && (disk.driver?.type ?? 'raw') === 'raw';
  const whole = isAlone ? { ...named, backingStore: { type: 'none' } } : named;
  return { disk: whole as Disk, last: number };
}

/** What is in no drive has no format. */
function emptied(disk: Disk): Disk {
  if (disk.driver?.type === undefined) return disk;
  const { type: _format, ...driver } = disk.driver;
  return { ...disk, driver };
}

function namesOf(planned: PlannedImage, cx: PlanContext) {
  const image = { ...planned.image, keepsFormatLayer: needsFormatLayers(cx.caps) };
  const location = { type: 'file', path: '' } as const;
  const whole = { ...image, location, secrets: { encryption: [] }, dataFile: undefined };
  const storage = { type: 'storage' as const, name: storageNode(whole) };
  const isLayered = hasFormatLayer(image) || image.slice !== undefined;
  if (!isLayered) return [storage];
  const type = hasFormatLayer(image) ? ('format' as const) : ('slice-storage' as const);
  return [storage, { type, name: effectiveNode(whole) }];
}
