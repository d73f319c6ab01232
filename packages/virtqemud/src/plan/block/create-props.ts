import type { Encryption } from '@modvirt/core/schema';
import type { Props } from '../command/json.js';
import type { StorageSource } from '../definition/types.js';
import { type BackingTextOptions, backingText } from './backing-text.js';
import { targetProps } from './target-props.js';

/** An image that is to be made. */
export interface NewImage {
  readonly source: StorageSource;
  readonly format: string;
  readonly encryption?: Encryption | undefined;
  /** Id of the object that holds its key. */
  readonly key?: string | undefined;
  readonly storageNode: string;
  readonly backing?:
    | { readonly source: StorageSource; readonly format: string; readonly isLuks: boolean }
    | undefined;
  readonly clusterSize?: bigint | undefined;
  readonly version?: 'v2' | 'v3' | undefined;
  readonly extendedL2?: boolean | undefined;
}

const AS_DISK: BackingTextOptions = { device: 'disk' };

/** Arguments of `blockdev-create` for the file or object that will hold the image; undefined where none can be made. */
export function createStorageProps(source: StorageSource, size: bigint): Props | undefined {
  const props = targetProps(source, 'disk');
  const { driver, ...location } = props;
  switch (source.type) {
    case 'file':
      return { driver, ...location, size };
    case 'network': {
      const protocol = source.source?.protocol;
      const canCreate =
        protocol === 'gluster' || protocol === 'rbd' || protocol === 'ssh' || protocol === 'nfs';
      return canCreate ? { driver, location, size } : undefined;
    }
    default:
      return undefined;
  }
}

const PLAIN_DRIVERS: { readonly [format: string]: string } = { vhd: 'vhdx', ploop: 'parallels' };
const CREATABLE: ReadonlySet<string> = new Set([
  'qcow',
  'qcow2',
  'qed',
  'vmdk',
  'vdi',
  'vpc',
  'vhd',
  'ploop',
]);

/** As `createStorageProps`, for the format inside; undefined where there is nothing to be written. */
export function createFormatProps(image: NewImage, size: bigint): Props | undefined {
  if (image.format === 'raw' || image.format === 'luks') {
    if (image.encryption?.format !== 'luks') return undefined;
    return { ...luksProps(image), driver: 'luks', file: image.storageNode, size };
  }
  if (!CREATABLE.has(image.format)) return undefined;
  return {
    driver: PLAIN_DRIVERS[image.format] ?? image.format,
    file: image.storageNode,
    size,
    version: image.format === 'qcow2' ? image.version : undefined,
    ...backingProps(image),
    'cluster-size': image.format === 'qcow2' ? image.clusterSize : undefined,
    'extended-l2': image.format === 'qcow2' ? image.extendedL2 : undefined,
    encrypt: image.encryption === undefined ? undefined : encryptProps(image),
  };
}

const WITHOUT_FORMAT: ReadonlySet<string> = new Set(['qcow', 'vmdk']);
const WITH_BACKING: ReadonlySet<string> = new Set(['qcow', 'qcow2', 'qed', 'vmdk']);

function backingProps({ format, backing }: NewImage): Props {
  if (backing === undefined || !WITH_BACKING.has(format)) return {};
  const isLuks = backing.format === 'raw' && backing.isLuks;
  return {
    'backing-file': backingText(backing.source, AS_DISK),
    'backing-fmt': WITHOUT_FORMAT.has(format) ? undefined : isLuks ? 'luks' : backing.format,
  };
}

function encryptProps(image: NewImage): Props {
  if (image.encryption?.format === 'luks') return { ...luksProps(image), format: 'luks' };
  return { 'key-secret': image.key, format: 'aes' };
}

function luksProps({ encryption, key }: NewImage): Props {
  const { cipher, ivgen } = encryption ?? {};
  return {
    'key-secret': key,
    'cipher-alg': cipher === undefined ? undefined : `${cipher.name}-${cipher.size}`,
    'cipher-mode': cipher?.mode,
    'hash-alg': cipher?.hash,
    'ivgen-alg': ivgen?.name,
    'ivgen-hash-alg': ivgen?.hash,
  };
}
