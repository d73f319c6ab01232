import type { Props } from '../command/json.js';
import type { QemuCaps } from '../qemu-caps.js';
import type { BlockLocation, BlockSecrets } from './location.js';
import { storageProps } from './storage-props.js';

export type CacheMode = 'default' | 'none' | 'writethrough' | 'writeback' | 'directsync' | 'unsafe';

/** What the format layer adds to the bytes. */
export interface BlockFormat {
  readonly name: string;
  readonly metadataCacheSize?: bigint | undefined;
  readonly discardNoUnref?: boolean | undefined;
  readonly encryption?: 'luks' | 'aes' | undefined;
}

export interface NodeNames {
  readonly storage?: string | undefined;
  readonly slice?: string | undefined;
  readonly format?: string | undefined;
}

/** One image: its bytes, its format and how it is opened. */
export interface BlockImage {
  /** `libvirt-1`: names of nodes begin with it. */
  readonly nodePrefix: string;
  /** Names that nodes already have; others are made from the prefix. */
  readonly nodes?: NodeNames | undefined;
  readonly location: BlockLocation;
  readonly format: BlockFormat;
  readonly readOnly: boolean;
  readonly slice?: { readonly offset: bigint; readonly size: bigint } | undefined;
  readonly cache: CacheMode;
  readonly discard?: 'unmap' | 'ignore' | undefined;
  readonly detectZeroes?: 'off' | 'on' | 'unmap' | undefined;
  readonly secrets: BlockSecrets;
  /** Has a node of its own for the format even if it is raw (the firmware's flash). */
  readonly keepsFormatLayer?: boolean | undefined;
  /** Descriptors through which it is opened. */
  readonly fds?: ImageDescriptors | undefined;
  /** Image whose bytes a qcow2 image keeps outside itself. */
  readonly dataFile?: BlockImage | undefined;
}

/** Descriptors that a client handed in for an image. */
export interface ImageDescriptors {
  readonly fdset: number;
  readonly numbers: readonly number[];
  /** All of them can be written to. */
  readonly writable: boolean;
}

/** `null`: said to have none; undefined: not said. */
export type BackingNode = string | null | undefined;

/** A raw image needs no layer of its own: the guest works on the node that leads to the bytes. */
export function hasFormatLayer(image: Omit<BlockImage, 'location' | 'secrets'>): boolean {
  // A descriptor that is writable opens nothing that may only be read; the layer above it keeps writers out.
  const guards = image.fds?.writable === true && image.readOnly;
  if (image.keepsFormatLayer === true || guards) return true;
  return image.format.name !== 'raw' || image.format.encryption !== undefined;
}

/** QEMU's that cannot be told a protocol below a backing file need a format layer above it, whatever the format. */
export function needsFormatLayers(caps: Pick<QemuCaps, 'has'>): boolean {
  return !caps.has('blockjob.backing-mask-protocol');
}

export function storageNode(image: BlockImage): string {
  return image.nodes?.storage ?? `${image.nodePrefix}-storage`;
}

function sliceNode(image: BlockImage): string {
  return image.nodes?.slice ?? `${image.nodePrefix}-slice-sto`;
}

/** The node of the whole image. */
export function effectiveNode(image: BlockImage): string {
  if (hasFormatLayer(image)) return image.nodes?.format ?? `${image.nodePrefix}-format`;
  return image.slice === undefined ? storageNode(image) : sliceNode(image);
}

function cacheProps(mode: CacheMode): Props | undefined {
  switch (mode) {
    case 'default':
      return undefined;
    case 'none':
    case 'directsync':
      return { direct: true, 'no-flush': false };
    case 'unsafe':
      return { direct: false, 'no-flush': true };
    case 'writethrough':
    case 'writeback':
      return { direct: false, 'no-flush': false };
  }
}

/** What is said of a node that guests or backing chains work on. */
function effectiveProps(image: BlockImage): Props {
  return {
    'read-only': image.readOnly,
    discard: image.discard,
    'detect-zeroes': image.detectZeroes,
    cache: cacheProps(image.cache),
  };
}

/** What is said of a node below the effective one. */
function lowerProps(image: BlockImage): Props {
  const { fds } = image;
  // Of one descriptor there is no other to turn to for writing.
  const opened =
    fds?.numbers.length === 1 ? { 'read-only': image.readOnly && !fds.writable } : { 'auto-read-only': true };
  return { ...opened, discard: 'unmap', cache: cacheProps(image.cache) };
}

/** The nodes of one image, from the bytes upwards. */
export function imageNodes(image: BlockImage, backing: BackingNode): readonly Props[] {
  const layered = hasFormatLayer(image);
  const nodes: Props[] = [];
  const isTop = (layer: 'storage' | 'slice') => !layered && (layer === 'slice' || image.slice === undefined);
  nodes.push({
    ...storageProps(image.location, image.secrets),
    'node-name': storageNode(image),
    ...(isTop('storage') ? effectiveProps(image) : lowerProps(image)),
  });
  if (image.slice !== undefined) {
    nodes.push({
      driver: 'raw',
      file: storageNode(image),
      offset: image.slice.offset,
      size: image.slice.size,
      'node-name': sliceNode(image),
      ...(isTop('slice') ? effectiveProps(image) : lowerProps(image)),
    });
  }
  if (layered) nodes.push(formatNode(image, backing));
  return nodes;
}

function formatNode(image: BlockImage, backing: BackingNode): Props {
  return {
    'node-name': effectiveNode(image),
    ...effectiveProps(image),
    ...formatProps(image),
    'data-file': image.dataFile === undefined ? undefined : effectiveNode(image.dataFile),
    file: image.slice === undefined ? storageNode(image) : sliceNode(image),
    backing: image.format.name === 'raw' ? undefined : backing,
  };
}

/** QEMU's name of a format where it is not libvirt's. */
const DRIVERS: { readonly [format: string]: string } = {
  iso: 'raw',
  fat: 'raw',
  vhd: 'vhdx',
  ploop: 'parallels',
};

function formatProps(image: BlockImage): Props {
  const { format, secrets } = image;
  const [key] = secrets.encryption;
  if (format.name === 'raw' && format.encryption === 'luks') return { driver: 'luks', 'key-secret': key };
  const driver = DRIVERS[format.name] ?? format.name;
  if (format.encryption === undefined) {
    return {
      driver,
      'discard-no-unref': format.discardNoUnref,
      'cache-size': format.metadataCacheSize,
    };
  }
  return {
    driver,
    encrypt: { format: format.encryption, 'key-secret': key },
    'discard-no-unref': format.discardNoUnref,
    'cache-size': format.metadataCacheSize,
  };
}
