import type { Domain } from '@modvirt/core/schema';

type Devices = Domain['devices'];
type Element<T> = T extends readonly (infer E)[] ? E : NonNullable<T>;

/** Lists and places of `<devices>` that hold devices. */
export type DeviceKind = Exclude<keyof Devices, 'emulator' | 'redirfilter'>;

/** A device and the list that it is in. */
export type PluggedDevice = {
  [K in DeviceKind]: { readonly kind: K; readonly device: Element<Devices[K]> };
}[DeviceKind];

interface KindRow {
  readonly kind: DeviceKind;
  /** libvirt's word for it. */
  readonly word: string;
}

/** By the name of the element. */
const KINDS: { readonly [element: string]: KindRow } = {
  disk: { kind: 'disks', word: 'disk' },
  controller: { kind: 'controllers', word: 'controller' },
  lease: { kind: 'leases', word: 'lease' },
  filesystem: { kind: 'filesystems', word: 'filesystem' },
  interface: { kind: 'interfaces', word: 'interface' },
  smartcard: { kind: 'smartcards', word: 'smartcard' },
  serial: { kind: 'serials', word: 'chardev' },
  parallel: { kind: 'parallels', word: 'chardev' },
  console: { kind: 'consoles', word: 'chardev' },
  channel: { kind: 'channels', word: 'chardev' },
  input: { kind: 'inputs', word: 'input' },
  tpm: { kind: 'tpms', word: 'tpm' },
  graphics: { kind: 'graphics', word: 'graphics' },
  sound: { kind: 'sounds', word: 'sound' },
  audio: { kind: 'audios', word: 'audio' },
  video: { kind: 'videos', word: 'video' },
  hostdev: { kind: 'hostdevs', word: 'hostdev' },
  redirdev: { kind: 'redirdevs', word: 'redirdev' },
  hub: { kind: 'hubs', word: 'hub' },
  watchdog: { kind: 'watchdogs', word: 'watchdog' },
  memballoon: { kind: 'memballoon', word: 'memballoon' },
  rng: { kind: 'rngs', word: 'rng' },
  nvram: { kind: 'nvram', word: 'nvram' },
  panic: { kind: 'panics', word: 'panic' },
  shmem: { kind: 'shmems', word: 'shmem' },
  memory: { kind: 'memories', word: 'memory' },
  crypto: { kind: 'cryptos', word: 'crypto' },
  iommu: { kind: 'iommu', word: 'iommu' },
  vsock: { kind: 'vsock', word: 'vsock' },
  pstore: { kind: 'pstore', word: 'pstore' },
};

export function kindOfElement(element: string): KindRow | undefined {
  return Object.hasOwn(KINDS, element) ? KINDS[element] : undefined;
}

export function wordOfKind(kind: DeviceKind): string {
  return Object.values(KINDS).find((it) => it.kind === kind)?.word ?? kind;
}

/** All devices of a kind. */
export function devicesOf(domain: Domain, kind: DeviceKind): readonly PluggedDevice[] {
  const held: unknown = domain.devices[kind];
  const list = Array.isArray(held) ? held : held === undefined ? [] : [held];
  return list.map((device: unknown) => ({ kind, device }) as PluggedDevice);
}

/** All devices, in the order in which they are written. */
export function allDevices(domain: Domain): readonly PluggedDevice[] {
  return Object.values(KINDS).flatMap(({ kind }) => devicesOf(domain, kind));
}

/** The definition with other devices of a kind. */
export function withDevices(domain: Domain, kind: DeviceKind, list: readonly unknown[]): Domain {
  const { [kind]: held, ...others } = domain.devices;
  if (Array.isArray(held)) return { ...domain, devices: { ...domain.devices, [kind]: list } };
  const devices = list.length === 0 ? others : { ...others, [kind]: list[0] };
  return { ...domain, devices: devices as Devices };
}

/** The definition without that very device. */
export function withoutDevice(domain: Domain, { kind, device }: PluggedDevice): Domain {
  const rest = devicesOf(domain, kind)
    .map((it) => it.device)
    .filter((it) => it !== device);
  return withDevices(domain, kind, rest);
}

/** The definition with `next` in the place of that very device. */
export function withReplaced(domain: Domain, { kind, device }: PluggedDevice, next: unknown): Domain {
  const list = devicesOf(domain, kind).map((it) => (it.device === device ? next : it.device));
  return withDevices(domain, kind, list);
}

export function aliasIn({ device }: PluggedDevice): string | undefined {
  return 'alias' in device ? device.alias : undefined;
}
