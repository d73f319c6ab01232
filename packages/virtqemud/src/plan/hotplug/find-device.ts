import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';
import type { DeviceKind, PluggedDevice } from './plugged-device.js';
import { devicesOf } from './plugged-device.js';

/** What a document that names a device says of it. */
type Sought = PluggedDevice;
type Of<K extends DeviceKind> = Extract<PluggedDevice, { kind: K }>['device'];

interface Matching<D> {
  matches(sought: D, candidate: D): boolean;
  /** What is said when there is none. */
  missing(sought: D): string;
}

const same = (sought: unknown, candidate: unknown): boolean =>
  sought === undefined || JSON.stringify(bare(sought)) === JSON.stringify(bare(candidate));

/** JSON has no numbers of 64 bits. */
function bare(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(bare);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([, it]) => it !== undefined);
  return Object.fromEntries(entries.map(([key, it]) => [key, bare(it)]).sort());
}

interface Placed {
  readonly address?: unknown;
  readonly alias?: string | undefined;
}

/** Where it is named by place or alias, these must fit. */
const placed = (sought: Placed, candidate: Placed): boolean =>
  same(sought.address, candidate.address) && same(sought.alias, candidate.alias);

type Chardev = Of<'channels'> | Of<'serials'> | Of<'parallels'> | Of<'consoles'>;

/** Where it leads and what it is for must be said in full. */
const chardev = (word: string): Matching<Chardev> => ({
  matches: (sought, candidate) =>
    sought.type === candidate.type &&
    identical(essence(sought), essence(candidate)) &&
    placed(sought, candidate),
  missing: () => `chr type '${word}' device not present in domain configuration`,
});

const identical = (one: unknown, other: unknown): boolean =>
  JSON.stringify(bare(one)) === JSON.stringify(bare(other));

function essence(device: { readonly target?: unknown; readonly source?: unknown }): unknown {
  const { state: _state, ...target } = (device.target ?? {}) as { state?: unknown };
  return { target, source: device.source ?? {} };
}

const RULES: { readonly [K in DeviceKind]?: Matching<Of<K>> } = {
  disks: {
    matches: (sought, candidate) => sought.target.dev === candidate.target.dev,
    missing: ({ target }) => `disk ${target.dev} not found`,
  },
  interfaces: {
    matches: (sought, candidate) =>
      sought.mac?.address === candidate.mac?.address && placed(sought, candidate),
    missing: ({ mac, alias }) =>
      `no device found at address '(<null>)' matching MAC address '${mac?.address ?? '(<null>)'}' and alias '${alias ?? '(<null>)'}'`,
  },
  controllers: {
    matches: (sought, candidate) =>
      sought.type === candidate.type && (sought.index ?? 0) === (candidate.index ?? 0),
    missing: ({ type, index }) => `controller ${type}:${index ?? 0} not found`,
  },
  serials: chardev('serial'),
  parallels: chardev('parallel'),
  channels: chardev('channel'),
  consoles: chardev('console'),
  rngs: {
    matches: (sought, candidate) =>
      sought.model === candidate.model &&
      same(sought.backend, candidate.backend) &&
      same(sought.rate, candidate.rate) &&
      placed(sought, candidate),
    missing: ({ backend }) => `model '${backend.model}' RNG device not present in domain configuration`,
  },
  memories: {
    matches: (sought, candidate) =>
      sought.model === candidate.model &&
      sought.target.size === candidate.target.size &&
      placed(sought, candidate),
    missing: ({ model }) => `model '${model}' memory device not present in the domain configuration`,
  },
  inputs: {
    matches: (sought, candidate) =>
      sought.type === candidate.type && sought.bus === candidate.bus && placed(sought, candidate),
    missing: () => 'matching input device not found',
  },
  redirdevs: {
    matches: (sought, candidate) =>
      sought.type === candidate.type &&
      same(sourceOf(sought), sourceOf(candidate)) &&
      placed(sought, candidate),
    missing: () => 'no matching redirdev was not found',
  },
  shmems: {
    matches: (sought, candidate) => sought.name === candidate.name && placed(sought, candidate),
    missing: ({ model }) => `model '${model}' shmem device not present in domain configuration`,
  },
  watchdogs: {
    matches: (sought, candidate) =>
      sought.model === candidate.model &&
      sought.action === candidate.action &&
      identical(sought.address, candidate.address) &&
      same(sought.alias, candidate.alias),
    missing: ({ model }) => `model '${model}' watchdog device not present in domain configuration`,
  },
  hostdevs: {
    matches: (sought, candidate) => same(sourceOf(sought), sourceOf(candidate)),
    missing: hostdevText,
  },
  filesystems: {
    matches: (sought, candidate) => same(sought.target, candidate.target),
    missing: () => 'matching filesystem not found',
  },
  leases: {
    matches: (sought, candidate) => sought.key === candidate.key && sought.lockspace === candidate.lockspace,
    missing: ({ key, lockspace }) => `Lease ${key} in lockspace ${lockspace ?? '(null)'} does not exist`,
  },
  vsock: {
    matches: (sought, candidate) => same(sought.cid?.address, candidate.cid?.address),
    missing: () => 'matching vsock device not found',
  },
  sounds: {
    matches: (sought, candidate) => sought.model === candidate.model && placed(sought, candidate),
    missing: () => 'device not present in domain configuration',
  },
};

function hostdevText(device: Of<'hostdevs'>): string {
  const { source } = device as {
    source?: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
  };
  const hex = (value: unknown, digits: number): string =>
    Number(value ?? 0)
      .toString(16)
      .padStart(digits, '0');
  const { address, vendor, product } = source ?? {};
  if (device.mode !== 'subsystem') return 'host device not found';
  if (device.type === 'pci') {
    const place = `${hex(address?.domain, 4)}:${hex(address?.bus, 2)}:${hex(address?.slot, 2)}.${hex(address?.function, 1)}`;
    return `host pci device ${place} not found`;
  }
  if (device.type !== 'usb') return `host ${device.type} device not found`;
  if (vendor === undefined)
    return `host usb device ${String(address?.bus)}.${String(address?.device)} not found`;
  return `host usb device vendor=0x${hex(vendor.id, 4)} product=0x${hex(product?.id, 4)} not found`;
}

/** Errors that are not of a missing device, as old releases had them. */
const CODES: { readonly [K in DeviceKind]?: 'OPERATION_INVALID' | 'INVALID_ARG' } = {
  redirdevs: 'OPERATION_INVALID',
  leases: 'INVALID_ARG',
};

/** Whether the domain has one that is the same in all that tells them apart. */
export function hasEqual(domain: Domain, sought: PluggedDevice): boolean {
  const rule = RULES[sought.kind] as Matching<PluggedDevice['device']> | undefined;
  return devicesOf(domain, sought.kind).some((it) => rule?.matches(sought.device, it.device) === true);
}

function sourceOf(device: object): unknown {
  return 'source' in device ? device.source : undefined;
}

/** The device of `domain` that `sought` means. @throws VirError DEVICE_MISSING, OPERATION_FAILED when it may be several */
export function findDevice(domain: Domain, sought: Sought): PluggedDevice {
  const rule = RULES[sought.kind] as Matching<PluggedDevice['device']> | undefined;
  if (rule === undefined) throw new Error(`devices of kind ${sought.kind} cannot be told apart`);
  const found = devicesOf(domain, sought.kind).filter((it) => rule.matches(sought.device, it.device));
  const [first, second] = found;
  if (first === undefined) {
    throw VirError.of(CODES[sought.kind] ?? 'DEVICE_MISSING', rule.missing(sought.device));
  }
  if (second !== undefined && sought.kind === 'interfaces') {
    const { mac } = sought.device as Of<'interfaces'>;
    throw VirError.of(
      'OPERATION_FAILED',
      `multiple devices matching MAC address ${mac?.address ?? ''} found`,
    );
  }
  return first;
}

/** Whether devices of that kind can be told apart. */
export function isFindable(kind: DeviceKind): boolean {
  return Object.hasOwn(RULES, kind);
}
