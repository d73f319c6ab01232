// What the kinds of pools differ in, said once: reading, printing and the list of what a host can do come from it.

/** Formats of image files, as volumes of pools made of files have them. */
export const imageFormats = [
  'none',
  'raw',
  'dir',
  'bochs',
  'cloop',
  'dmg',
  'iso',
  'vpc',
  'vdi',
  'fat',
  'vhd',
  'ploop',
  'cow',
  'qcow',
  'qcow2',
  'qed',
  'vmdk',
] as const;

const partitionFormats = [
  'none',
  'linux',
  'fat16',
  'fat32',
  'linux-swap',
  'linux-lvm',
  'linux-raid',
  'extended',
] as const;

const fileSystems = [
  'auto',
  'ext2',
  'ext3',
  'ext4',
  'ufs',
  'iso9660',
  'udf',
  'gfs',
  'gfs2',
  'vfat',
  'hfs+',
  'xfs',
  'ocfs2',
  'vmfs',
] as const;

const partitionTables = ['unknown', 'dos', 'dvh', 'gpt', 'mac', 'bsd', 'pc98', 'sun', 'lvm2'] as const;

/** What a pool of some kind is made of: parts of `<source>`. */
export type SourcePart = 'host' | 'device' | 'dir' | 'adapter' | 'name' | 'initiator';

export interface Formats {
  readonly preset: string;
  readonly values: readonly string[];
}

export interface PoolTypeRow {
  readonly source: readonly SourcePart[];
  /** Reached over the network: there is no target on this host. */
  readonly isNetworked?: boolean;
  readonly sourceFormats?: Formats;
  /** Absent: its volumes have no format. */
  readonly volumeFormats?: Formats;
  /** Formats that `volumeFormats` has but nobody is told of. */
  readonly hidesVolumeFormats?: boolean;
  /** What volumes are called (`type` of `<volume>`). */
  readonly volumeType: 'file' | 'block' | 'network';
}

const images: Formats = { preset: 'raw', values: imageFormats };

/** Every kind of pool, in the order in which libvirt numbers and lists them. */
export const poolTypes = {
  dir: { source: [], volumeFormats: images, volumeType: 'file' },
  fs: {
    source: ['device'],
    sourceFormats: { preset: 'auto', values: fileSystems },
    volumeFormats: images,
    volumeType: 'file',
  },
  netfs: {
    source: ['host', 'dir'],
    sourceFormats: { preset: 'auto', values: ['auto', 'nfs', 'glusterfs', 'cifs'] },
    volumeFormats: images,
    volumeType: 'file',
  },
  logical: {
    source: ['name', 'device'],
    sourceFormats: { preset: 'lvm2', values: ['unknown', 'lvm2'] },
    volumeType: 'block',
  },
  disk: {
    source: ['device'],
    sourceFormats: { preset: 'unknown', values: partitionTables },
    volumeFormats: { preset: 'none', values: partitionFormats },
    volumeType: 'block',
  },
  iscsi: { source: ['host', 'device', 'initiator'], volumeType: 'block' },
  'iscsi-direct': { source: ['host', 'device', 'initiator'], isNetworked: true, volumeType: 'network' },
  scsi: { source: ['adapter'], volumeType: 'block' },
  mpath: { source: [], volumeType: 'block' },
  rbd: {
    source: ['host', 'name'],
    isNetworked: true,
    volumeFormats: { preset: 'raw', values: imageFormats },
    hidesVolumeFormats: true,
    volumeType: 'network',
  },
  sheepdog: { source: ['host', 'name'], isNetworked: true, volumeType: 'network' },
  gluster: {
    source: ['host', 'name', 'dir'],
    isNetworked: true,
    volumeFormats: images,
    volumeType: 'network',
  },
  zfs: { source: ['name', 'device'], volumeType: 'block' },
  vstorage: { source: ['name'], volumeFormats: images, volumeType: 'file' },
} as const satisfies Readonly<Record<string, PoolTypeRow>>;

export type PoolType = keyof typeof poolTypes;

export const poolTypeNames = Object.keys(poolTypes) as readonly PoolType[];

export function poolType(type: PoolType): PoolTypeRow {
  return poolTypes[type];
}
