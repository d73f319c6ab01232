import { VirError } from '../../errors/vir-error.js';
import { attr, childAttr, text } from '../../xml/attribute.js';
import { child, children, type Element, element, type Infer, recursive, within } from '../../xml/element.js';
import { liveOnly, optional, statusOnly } from '../../xml/field.js';
import { fields, inline, merge } from '../../xml/group.js';
import { oneOf, string, uint, uint64, yesNo } from '../../xml/scalars.js';
import { variants } from '../../xml/variants.js';
import { unknown } from '../refusals.js';
import { sizeInBytes } from '../size.js';
import { pciAddress } from './address.js';
import { reconnect } from './chardev.js';
import { auth, encryption } from './encryption.js';
import { storageState } from './private-data.js';
import { deviceSeclabels } from './seclabel.js';

export const storageFormat = oneOf(
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
  'luks',
  'cow',
  'qcow',
  'qcow2',
  'qed',
  'vmdk',
);

const slice = element('slice', {
  type: attr(oneOf('storage')),
  offset: attr(uint64('bytes')),
  size: attr(uint64('bytes')),
});

export const metadataCache = element('metadata_cache', {
  max_size: optional(sizeInBytes({ unit: 'bytes' })),
});

/** `<format>` of a backing image. */
export const format = element('format', {
  type: attr(storageFormat),
  metadata_cache: optional(child(metadataCache)),
});

/** `<dataStore>`: where a qcow2 image keeps its data. */
export interface DataStore {
  readonly format?: Infer<typeof format>;
  readonly image: StorageSource;
}
const dataStoreElement: Element<DataStore> = recursive('dataStore', () =>
  fields({ format: optional(child(format)), image: inline(storageSource) }),
);

const index = { index: liveOnly(optional(attr(uint(), { absent: '0' }))) };
const startupPolicy = {
  startupPolicy: optional(attr(oneOf('mandatory', 'requisite', 'optional'), { absent: 'default' })),
};
const seclabels = { seclabels: deviceSeclabels };
const security = { auth: optional(child(auth)), encryption: optional(child(encryption)) };
const slices = { slices: within('slices', children(slice)) };

const unixSource = element('source', {
  type: attr(oneOf('unix')),
  path: optional(attr(string)),
  mode: optional(attr(oneOf('server', 'client'))),
});

/** `<reservations>`: SCSI persistent reservations through a helper. */
const reservations = element('reservations', {
  managed: optional(attr(yesNo)),
  source: optional(child(unixSource)),
});

const last = { reservations: optional(child(reservations)), privateData: storageState };

interface Host {
  readonly name?: string;
  readonly transport?: string;
  readonly socket?: string;
}

function checkHost(value: Host): void {
  if (value.transport === 'unix' && value.socket === undefined) {
    throw VirError.of('XML_ERROR', 'missing socket for unix transport');
  }
  if (value.transport !== 'unix' && value.name === undefined) {
    throw VirError.of('XML_ERROR', 'missing name for host');
  }
}

const host = element(
  'host',
  {
    name: optional(attr(string)),
    port: optional(
      attr(uint(), {
        invalid: (value) => VirError.of('INVALID_ARG', `failed to parse port number '${value}'`),
      }),
    ),
    transport: optional(attr(oneOf('tcp', 'unix', 'rdma'), unknown('protocol transport type'))),
    socket: optional(attr(string)),
  },
  { check: checkHost },
);

export const initiator = element('initiator', {
  iqn: optional(childAttr('iqn', 'name', string)),
});

const networkHosts = {
  hosts: children(host),
  snapshot: optional(childAttr('snapshot', 'name', string)),
  config: optional(childAttr('config', 'file', string)),
  initiator: optional(child(initiator)),
};

const cookie = element('cookie', { name: attr(string), value: text(string) });

const identity = element('identity', {
  user: optional(attr(string)),
  group: optional(attr(string)),
  username: optional(attr(string)),
  keyfile: optional(attr(string)),
  agentsock: optional(attr(string)),
});

/** Protocols by which images are reached over a network. */
export const networkProtocols = [
  'nbd',
  'rbd',
  'sheepdog',
  'gluster',
  'iscsi',
  'http',
  'https',
  'ftp',
  'ftps',
  'tftp',
  'ssh',
  'vxhs',
  'nfs',
] as const;
const networkProtocol = oneOf(...networkProtocols);

const networkSource = element(
  'source',
  {
    protocol: attr(networkProtocol),
    name: optional(attr(string)),
    query: optional(attr(string)),
    tls: optional(attr(yesNo)),
    tlsFromConfig: statusOnly(optional(attr(uint()))),
    tlsHostname: optional(attr(string)),
    ...networkHosts,
    ssl: optional(childAttr('ssl', 'verify', yesNo)),
    cookies: within('cookies', children(cookie)),
    readahead: optional(childAttr('readahead', 'size', uint64('bytes'))),
    timeout: optional(childAttr('timeout', 'seconds', uint64('seconds'))),
    knownHosts: optional(childAttr('knownHosts', 'path', string)),
    identity: optional(child(identity)),
    reconnect: optional(child(element('reconnect', { delay: attr(uint('seconds')) }))),
    ...startupPolicy,
    ...index,
    ...slices,
    ...security,
    ...last,
    dataStore: optional(child(dataStoreElement)),
  },
  { printed: (value, cx) => (cx.status ? { tlsFromConfig: 0, ...value } : value) },
);

/** What the sources of all local kinds of storage share. */
const local = {
  ...startupPolicy,
  ...index,
  ...slices,
  ...seclabels,
  ...security,
  ...last,
};

const fileSource = element('source', {
  file: optional(attr(string)),
  fdgroup: optional(attr(string)),
  ...local,
  dataStore: optional(child(dataStoreElement)),
});
const blockSource = element('source', {
  dev: optional(attr(string)),
  ...local,
  dataStore: optional(child(dataStoreElement)),
});
const dirSource = element('source', { dir: optional(attr(string)), ...local });
/** What the volume was when the guest was started. */
const resolved = {
  actualType: statusOnly(optional(attr(oneOf('file', 'block', 'dir', 'network')))),
  file: statusOnly(optional(attr(string))),
  dev: statusOnly(optional(attr(string))),
  dir: statusOnly(optional(attr(string))),
};
const volumeSource = element('source', {
  pool: optional(attr(string)),
  volume: optional(attr(string)),
  mode: optional(attr(oneOf('host', 'direct'))),
  ...resolved,
  ...local,
});
const nvmeSource = element('source', {
  type: attr(oneOf('pci')),
  managed: optional(attr(yesNo)),
  namespace: attr(uint64()),
  address: child(element('address', pciAddress)),
  ...local,
});
const vhostUserSource = element('source', {
  type: attr(oneOf('unix')),
  path: attr(string),
  reconnect: optional(child(reconnect)),
  ...local,
});
const vdpaSource = element('source', { dev: attr(string), ...local });

const arms = {
  file: { source: optional(child(fileSource)) },
  block: { source: optional(child(blockSource)) },
  dir: { source: optional(child(dirSource)) },
  network: { source: optional(child(networkSource)) },
  volume: { source: optional(child(volumeSource)) },
  nvme: { source: optional(child(nvmeSource)) },
  vhostuser: { source: optional(child(vhostUserSource)) },
  vhostvdpa: { source: optional(child(vdpaSource)) },
};

/** A place where an image is kept: the `type` attribute and the `<source>` that goes with it. */
export const storageSource = variants('type', arms, { fallback: 'file' });
export type StorageSource = Infer<typeof storageSource>;

/** As `storageSource`, or nothing at all (`type` is `none` then): the end of a chain of images. */
export const storageSourceOrNone = variants(
  'type',
  { ...arms, none: {} },
  {
    fallback: 'none',
    unprinted: ['none'],
  },
);

/** `<backingStore>`: the image below; the empty one ends the chain, a missing one leaves it to be found out. */
export type BackingStore = Infer<typeof storageSourceOrNone> & {
  readonly index?: number;
  readonly format?: Infer<typeof format>;
  readonly backingStore?: BackingStore;
};
export const backingStore: Element<BackingStore> = recursive(
  'backingStore',
  () =>
    merge(
      fields({ format: optional(child(format)) }),
      storageSourceOrNone,
      fields({ ...index, backingStore: optional(child(backingStore)) }),
    ),
  {
    whenEmpty: 'keep',
    check(value) {
      if (value.type === 'none' || value.format !== undefined) return;
      throw VirError.of('XML_ERROR', 'missing disk backing store format');
    },
  },
);
