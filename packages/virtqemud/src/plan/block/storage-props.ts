import { VirError } from '@modvirt/core/errors';
import type { Props } from '../command/json.js';
import type { BlockHost, BlockLocation, BlockSecrets, NetworkLocation } from './location.js';

/** Properties that lead to the bytes of an image: the part of `-blockdev` that is special to its place. */
export function storageProps(location: BlockLocation, secrets: BlockSecrets): Props {
  switch (location.type) {
    case 'file':
    case 'block': {
      const driver = location.type === 'file' ? 'file' : location.cdrom ? 'host_cdrom' : 'host_device';
      const filename = location.fdset === undefined ? location.path : `/dev/fdset/${location.fdset}`;
      return { driver, filename, aio: location.aio, 'pr-manager': location.prManager };
    }
    case 'dir':
      return { driver: 'vvfat', dir: location.path, floppy: location.floppy, rw: location.writable };
    case 'nvme':
      return { driver: 'nvme', device: location.device, namespace: location.namespace };
    case 'vhostvdpa':
      return { driver: 'virtio-blk-vhost-vdpa', path: `/dev/fdset/${location.fdset}` };
    case 'network':
      return networkProps(location, secrets);
  }
}

function networkProps(location: NetworkLocation, secrets: BlockSecrets): Props {
  switch (location.protocol) {
    case 'nbd':
      return nbdProps(location, secrets);
    case 'rbd':
      return rbdProps(location, secrets);
    case 'gluster':
      return glusterProps(location);
    case 'iscsi':
      return iscsiProps(location, secrets);
    case 'ssh':
      return sshProps(location);
    case 'nfs':
      return nfsProps(location);
    case 'http':
    case 'https':
    case 'ftp':
    case 'ftps':
    case 'tftp':
      return urlProps(location, secrets);
    case 'sheepdog':
    case 'vxhs':
      throw VirError.of(
        'CONFIG_UNSUPPORTED',
        `'${location.protocol}' protocol is not supported with this QEMU binary`,
      );
  }
}

function onlyHost(location: NetworkLocation): BlockHost {
  const [host, ...more] = location.hosts;
  if (host === undefined || more.length > 0) {
    const name = location.protocol === 'iscsi' ? 'iSCSI' : location.protocol;
    throw VirError.of('INTERNAL_ERROR', `${name} protocol accepts only one host`);
  }
  return host;
}

/** An address as QEMU's SocketAddress. */
function socketAddress(host: BlockHost): Props {
  if (host.transport === 'unix') return { type: 'unix', path: host.socket };
  return { type: 'inet', host: host.name, port: String(host.port ?? 0) };
}

function nbdProps(location: NetworkLocation, secrets: BlockSecrets): Props {
  return {
    driver: 'nbd',
    server: socketAddress(onlyHost(location)),
    export: location.name === '' ? undefined : location.name,
    'tls-creds': secrets.tlsCredentials,
    'tls-hostname': location.tlsHostname,
    'reconnect-delay': location.reconnectDelay,
  };
}

function rbdProps(location: NetworkLocation, secrets: BlockSecrets): Props {
  const parts = location.name.split('/');
  const pool = parts[0];
  const image = parts.slice(parts.length > 2 ? 2 : 1).join('/');
  const servers = location.hosts.map((host) => ({ host: host.name, port: String(host.port ?? 0) }));
  const hasAuth = location.user !== undefined;
  return {
    driver: 'rbd',
    pool,
    namespace: parts.length > 2 ? parts[1] : undefined,
    image,
    snapshot: location.snapshot,
    conf: location.configFile,
    server: servers.length === 0 ? undefined : servers,
    encrypt: rbdEncryption(location, secrets, 0),
    user: location.user,
    'auth-client-required': hasAuth ? ['cephx', 'none'] : undefined,
    'key-secret': secrets.auth,
  };
}

function rbdEncryption(location: NetworkLocation, secrets: BlockSecrets, layer: number): Props | undefined {
  const format = location.rbdEncryption[layer];
  if (format === undefined) return undefined;
  return {
    format,
    'key-secret': secrets.encryption[layer],
    parent: rbdEncryption(location, secrets, layer + 1),
  };
}

function glusterProps(location: NetworkLocation): Props {
  const slash = location.name.indexOf('/');
  return {
    driver: 'gluster',
    volume: location.name.slice(0, slash),
    path: location.name.slice(slash + 1),
    server: location.hosts.map(socketAddress),
    debug: location.glusterDebug,
  };
}

function iscsiProps(location: NetworkLocation, secrets: BlockSecrets): Props {
  const host = onlyHost(location);
  const slash = location.name.indexOf('/');
  const target = slash === -1 ? location.name : location.name.slice(0, slash);
  const name = host.name?.includes(':') ? `[${host.name}]` : host.name;
  return {
    driver: 'iscsi',
    portal: `${name}:${host.port ?? 0}`,
    target,
    lun: slash === -1 ? 0 : Number(location.name.slice(slash + 1)),
    transport: 'tcp',
    user: location.user,
    'password-secret': secrets.auth,
    'initiator-name': location.initiator,
  };
}

function sshProps(location: NetworkLocation): Props {
  const host = onlyHost(location);
  return {
    driver: 'ssh',
    path: location.name,
    server: { host: host.name, port: String(host.port ?? 0) },
    user: location.user,
  };
}

function nfsProps(location: NetworkLocation): Props {
  return {
    driver: 'nfs',
    server: { host: onlyHost(location).name, type: 'inet' },
    path: rooted(location.name),
    user: location.nfsUser,
    group: location.nfsGroup,
  };
}

/** Names of files on a server begin at its root, whether they say so or not. */
function rooted(name: string): string {
  return name.startsWith('/') ? name : `/${name}`;
}

function urlProps(location: NetworkLocation, secrets: BlockSecrets): Props {
  const host = onlyHost(location);
  const name = host.name?.includes(':') ? `[${host.name}]` : host.name;
  const query = location.query === undefined ? '' : `?${location.query}`;
  return {
    driver: location.protocol,
    url: `${location.protocol}://${name}:${host.port ?? 0}${rooted(location.name)}${query}`,
    username: location.user,
    'password-secret': secrets.auth,
    sslverify: location.sslVerify,
    cookie: secrets.plainCookie,
    'cookie-secret': secrets.cookie,
    timeout: location.timeout,
    readahead: location.readahead,
  };
}
