import { VirError } from '@modvirt/core/errors';
import type { Devices, Domain } from '@modvirt/core/schema';
import { readXml } from '@modvirt/core/xml';
import type { LxcDriver } from '../driver.js';

/** The kinds that containers can be given. */
export type ChangedDevice =
  | { readonly kind: 'disk'; readonly device: Domain['devices']['disks'][number] }
  | { readonly kind: 'interface'; readonly device: Domain['devices']['interfaces'][number] }
  | { readonly kind: 'hostdev'; readonly device: Domain['devices']['hostdevs'][number] }
  | { readonly kind: 'other'; readonly name: string };

/** Elements of devices, and the lists that they are in. */
const KINDS: Readonly<Record<string, keyof Devices>> = {
  disk: 'disks',
  lease: 'leases',
  filesystem: 'filesystems',
  interface: 'interfaces',
  input: 'inputs',
  sound: 'sounds',
  watchdog: 'watchdogs',
  video: 'videos',
  hostdev: 'hostdevs',
  controller: 'controllers',
  graphics: 'graphics',
  hub: 'hubs',
  redirdev: 'redirdevs',
  rng: 'rngs',
  console: 'consoles',
  serial: 'serials',
  parallel: 'parallels',
  channel: 'channels',
  smartcard: 'smartcards',
  memballoon: 'memballoon',
  nvram: 'nvram',
  shmem: 'shmems',
  tpm: 'tpms',
  panic: 'panics',
  memory: 'memories',
  iommu: 'iommu',
  vsock: 'vsock',
  audio: 'audios',
  crypto: 'cryptos',
  pstore: 'pstore',
};

/** Names that differ from their elements'. */
const SHOWN: Readonly<Record<string, string>> = {
  serial: 'chr',
  parallel: 'chr',
  console: 'chr',
  channel: 'chr',
};

/** Reads a device as it would be in a definition. @throws VirError for one that is wrong */
export async function readDevice(driver: LxcDriver, xml: string): Promise<ChangedDevice> {
  const { name } = readXml(xml, { source: 'device_definition', domain: 'DOMAIN' });
  if (KINDS[name] === undefined) {
    throw VirError.of('CONFIG_UNSUPPORTED', `unknown device type '${name}'`, { domain: 'DOMAIN' });
  }
  const isReadable = name === 'disk' || name === 'interface' || name === 'hostdev';
  if (!isReadable) return { kind: 'other', name: SHOWN[name] ?? name };
  const { devices } = await driver.parse(aroundDevice(xml), { validate: false });
  const [disk] = devices.disks;
  if (disk !== undefined) return { kind: 'disk', device: disk };
  const [net] = devices.interfaces;
  if (net !== undefined) return { kind: 'interface', device: net };
  const [hostdev] = devices.hostdevs;
  if (hostdev !== undefined) return { kind: 'hostdev', device: hostdev };
  return { kind: 'other', name };
}

function aroundDevice(xml: string): string {
  const body = xml.replace(/^\s*<\?xml[^>]*\?>/, '');
  return `<domain type='lxc'><name>device</name><memory>1024</memory><os><type>exe</type><init>/</init></os><devices>${body}</devices></domain>`;
}
