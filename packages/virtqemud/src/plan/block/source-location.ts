import { VirError } from '@modvirt/core/errors';
import type { Disk, StorageSource } from '../definition/types.js';
import { defaultPort } from './default-ports.js';
import type { BlockHost, BlockLocation, NetworkLocation } from './location.js';

/** How much GlusterFS logs. */
const GLUSTER_DEBUG_LEVEL = 4;

/** What only the host knows about a place, or what is made for it before QEMU starts. */
export interface LocationExtras {
  isCdrom(path: string): boolean;
  readonly fdset?: number | undefined;
  readonly prManager?: string | undefined;
  /** The user of the disk's own `<auth>`, which older documents have. */
  readonly user?: string | undefined;
}

/** What the device that shows an image says about how it is reached. */
export interface ImageUse {
  readonly device: Disk['device'];
  readonly readOnly: boolean;
  readonly aio?: NonNullable<Disk['driver']>['io'] | undefined;
}

/** Where the bytes of `source` are, as QEMU is told. */
export function locationOf(source: StorageSource, use: ImageUse, extras: LocationExtras): BlockLocation {
  const shared = { fdset: extras.fdset, aio: use.aio, prManager: extras.prManager };
  switch (source.type) {
    case 'file':
      return { type: 'file', path: source.source?.file ?? '', ...shared };
    case 'block': {
      const path = source.source?.dev ?? '';
      return { type: 'block', path, cdrom: use.device === 'cdrom' && extras.isCdrom(path), ...shared };
    }
    case 'dir':
      return {
        type: 'dir',
        path: source.source?.dir ?? '',
        floppy: use.device === 'floppy',
        writable: !use.readOnly,
      };
    case 'nvme':
      return {
        type: 'nvme',
        device: hostPciAddress(source.source?.address),
        namespace: source.source?.namespace ?? 0n,
      };
    case 'network':
      return networkLocation(source, extras);
    case 'volume':
      throw VirError.of('INTERNAL_ERROR', `storage pool '${source.source?.pool}' is not translated`);
    case 'vhostuser':
      throw VirError.of('INTERNAL_ERROR', 'vhost-user disks have no block node');
    case 'vhostvdpa':
      return { type: 'vhostvdpa', fdset: extras.fdset ?? 0 };
  }
}

interface HostPci {
  readonly domain: number;
  readonly bus: number;
  readonly slot: number;
  readonly function: number;
}

function hostPciAddress(address: HostPci | undefined): string {
  if (address === undefined) return '';
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  return `${hex(address.domain, 4)}:${hex(address.bus, 2)}:${hex(address.slot, 2)}.${address.function}`;
}

type NetworkSource = NonNullable<Extract<StorageSource, { type: 'network' }>['source']>;

function networkLocation(
  disk: Extract<StorageSource, { type: 'network' }>,
  extras: LocationExtras,
): NetworkLocation {
  const source: NetworkSource | undefined = disk.source;
  if (source === undefined) throw VirError.of('INTERNAL_ERROR', 'network disk without source');
  const hosts = source.hosts.map(
    (host): BlockHost => ({
      transport: host.transport ?? 'tcp',
      name: host.name,
      port: host.port ?? defaultPort(source.protocol),
      socket: host.socket,
    }),
  );
  const rbd = source.encryption?.engine === 'librbd' ? source.encryption : undefined;
  return {
    type: 'network',
    protocol: source.protocol,
    name: source.name ?? '',
    hosts,
    query: source.query,
    user: source.auth?.username ?? extras.user ?? source.identity?.username,
    snapshot: source.snapshot,
    configFile: source.config,
    initiator: source.initiator?.iqn,
    sslVerify: source.ssl === false ? false : undefined,
    readahead: source.readahead,
    timeout: source.timeout,
    reconnectDelay: source.reconnect?.delay,
    tlsHostname: source.tlsHostname,
    knownHosts: source.knownHosts,
    keyFile: source.identity?.keyfile,
    nfsUser: idOf(source.identity?.user),
    nfsGroup: idOf(source.identity?.group),
    glusterDebug: source.protocol === 'gluster' ? GLUSTER_DEBUG_LEVEL : undefined,
    rbdEncryption:
      rbd === undefined
        ? []
        : rbd.secrets.map(() =>
            rbd.format === 'luks2' ? 'luks2' : rbd.format === 'luks-any' ? 'luks-any' : 'luks',
          ),
  };
}

/** `+123` or `123` as a number; names are looked up elsewhere. */
function idOf(text: string | undefined): number | undefined {
  const digits = /^\+?(\d+)$/.exec(text ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}
