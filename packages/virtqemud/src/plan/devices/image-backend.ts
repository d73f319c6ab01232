import type { Assembly } from '../assembly.js';
import type { PlannedImage } from '../block/disk-chain.js';
import {
  type BackingNode,
  type BlockImage,
  hasFormatLayer,
  imageNodes,
  needsFormatLayers,
} from '../block/layers.js';
import type { BlockLocation } from '../block/location.js';
import { type ImageUse, locationOf } from '../block/source-location.js';
import { shortName } from '../definition/names.js';
import type { StorageSource } from '../definition/types.js';
import { addImageSecrets, type OlderSecrets } from './image-secrets.js';
import { prManager } from './persistent-reservations.js';

export interface ImageOptions {
  readonly use: ImageUse;
  readonly older: OlderSecrets;
  readonly below: BackingNode;
}

/** Adds the nodes of an image and of where it keeps its data, and what must be there before them. */
export function addImage(
  to: Assembly,
  planned: PlannedImage,
  { use, older, below }: ImageOptions,
): BlockImage {
  const { source, image, dataFile } = planned;
  const data =
    dataFile === undefined ? undefined : addImage(to, dataFile, { use, older: {}, below: undefined });
  const shape = { ...image, keepsFormatLayer: needsFormatLayers(to.cx.caps) };
  const socket = nbdkitSocket(to, source, image.nodePrefix);
  const name = {
    nodePrefix: image.nodePrefix,
    hasFormat: hasFormatLayer(shape),
    isServed: socket !== undefined,
  };
  const secrets = addImageSecrets(to, name, source, older);
  const location =
    socket ??
    locationOf(source, use, {
      isCdrom: (path) => to.cx.host.isCdrom(path),
      user: older.auth?.username,
      fdset: image.fds?.fdset ?? vdpaDescriptor(to, source, image.nodePrefix),
      prManager: prManager(to, source, `${image.nodePrefix}-storage`),
    });
  const whole: BlockImage = { ...shape, location, secrets, dataFile: data };
  addDescriptors(to, whole);
  for (const props of imageNodes(whole, below)) to.out.json('blockdev', props);
  if (location.type === 'file' || location.type === 'block') to.out.resource(location.path, image.readOnly);
  return whole;
}

/** Descriptors are handed to QEMU before it opens the image through them. */
function addDescriptors(to: Assembly, { fds, nodePrefix }: BlockImage): void {
  for (const [at, fd] of (fds?.numbers ?? []).entries()) {
    to.out.option('add-fd', `set=${fds?.fdset},fd=${fd},opaque=${nodePrefix}-storage${at}`);
  }
}

/** The device file of a vDPA disk is opened by the daemon; answers the set that the descriptor is in. */
function vdpaDescriptor(to: Assembly, source: StorageSource, nodePrefix: string): number | undefined {
  if (source.type !== 'vhostvdpa') return undefined;
  const path = source.source?.dev ?? '';
  const fd = to.out.descriptor('vdpa', (number) => ({ type: 'open', number, path }));
  return Number(to.out.addFd(fd, `${nodePrefix}-storage-vdpa`).split('/').at(-1));
}

/** Where nbdkit, which speaks the protocol in QEMU's place, serves the image. */
function nbdkitSocket(to: Assembly, source: StorageSource, nodePrefix: string): BlockLocation | undefined {
  if (source.type !== 'network' || source.source === undefined) return undefined;
  if (!to.cx.servesByNbdkit(source.source.protocol)) return undefined;
  const socket = `${to.cx.config.libDir}/domain-${shortName(to)}/nbdkit-${nodePrefix}-storage.socket`;
  return {
    type: 'network',
    protocol: 'nbd',
    name: '',
    hosts: [{ transport: 'unix', socket }],
    rbdEncryption: [],
  };
}
