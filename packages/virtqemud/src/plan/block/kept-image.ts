import { VirError } from '@modvirt/core/errors';
import type { Props } from '../command/json.js';
import type { Disk } from '../definition/types.js';
import { diskChain, nodeNumbers, type PlannedImage } from './disk-chain.js';
import { type BackingNode, type BlockImage, effectiveNode, imageNodes } from './layers.js';
import type { BlockSecrets } from './location.js';
import { locationOf } from './source-location.js';

/** QEMU takes no longer names of nodes. */
const MAX_NODE_NAME = 31;

/** The images of a disk that a running guest has, from the guest's own down, with the nodes that they have there. */
export interface KeptImage {
  readonly planned: PlannedImage;
  /** From the bytes upwards. */
  readonly nodes: readonly Props[];
}

/** Names of the objects that hold an image's secrets. */
export type SecretsOf = (planned: PlannedImage) => BlockSecrets;

/** @throws VirError INTERNAL_ERROR for a name of a node that QEMU would not take */
export function keptImages(disk: Disk, secretsOf: SecretsOf): readonly KeptImage[] {
  const chain = diskChain(disk, { ...nodeNumbers(), descriptors: () => undefined });
  const images: KeptImage[] = [];
  let below: BackingNode = chain.ended ? null : undefined;
  for (const planned of chain.images.toReversed()) {
    const image = wholeImage(planned, disk, secretsOf);
    const nodes = imageNodes(image, below);
    for (const it of nodes) checkName(String(it['node-name']));
    images.unshift({ planned, nodes });
    below = effectiveNode(image);
  }
  return images;
}

function wholeImage(planned: PlannedImage, disk: Disk, secretsOf: SecretsOf): BlockImage {
  const { source, image } = planned;
  const use = { device: disk.device, readOnly: disk.readonly === true, aio: disk.driver?.io };
  const extras = { isCdrom: () => false, prManager: source.source?.privateData?.reservations };
  const location = locationOf(source, use, extras);
  return { ...image, keepsFormatLayer: true, location, secrets: secretsOf(planned), dataFile: undefined };
}

function checkName(name: string): void {
  if (name.length <= MAX_NODE_NAME) return;
  throw VirError.of('INTERNAL_ERROR', `node-name '${name}' too long for qemu`);
}
