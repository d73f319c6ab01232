import { VirError } from '../../errors/vir-error.js';
import type { Uuid } from '../../wire/uuid.js';
import type { Plain } from '../../xml/group.js';
import type { Devices } from './devices.js';
import type { DomainElement } from './domain.js';

type Filled = 'name' | 'uuid' | 'memory' | 'currentMemory' | 'vcpu' | 'os' | 'clock' | 'devices';

/** A domain with all that any hypervisor needs to be there. */
export type Domain = Plain<
  Omit<DomainElement, Filled> & { readonly [K in Filled]: NonNullable<DomainElement[K]> }
>;

/**
 * Fills in what every hypervisor takes for granted when a document leaves it out.
 *
 * @throws VirError NO_NAME without a name, XML_ERROR without a size of the memory
 */
export function postParse(read: DomainElement, newUuid: () => Uuid): Domain {
  const memory = read.memory ?? { sizeKiB: memoryOfCells(read) };
  const { os } = read;
  if (read.name === undefined) throw VirError.of('NO_NAME');
  if (os === undefined) throw VirError.of('OS_TYPE');
  return {
    ...read,
    name: read.name,
    uuid: read.uuid ?? newUuid(),
    memory,
    currentMemory: read.currentMemory ?? memory.sizeKiB,
    vcpu: read.vcpu ?? { placement: 'static', count: 1 },
    os,
    clock: read.clock ?? { offset: 'utc', timers: [] },
    devices: read.devices ?? NO_DEVICES,
  };
}

function memoryOfCells(read: DomainElement): bigint {
  const cells = read.cpu?.numa?.cells ?? [];
  return cells.reduce((sum, it) => sum + it.memory, 0n);
}

const NO_DEVICES: Devices = {
  disks: [],
  controllers: [],
  leases: [],
  filesystems: [],
  interfaces: [],
  smartcards: [],
  serials: [],
  parallels: [],
  consoles: [],
  channels: [],
  inputs: [],
  tpms: [],
  graphics: [],
  sounds: [],
  audios: [],
  videos: [],
  hostdevs: [],
  redirdevs: [],
  hubs: [],
  watchdogs: [],
  rngs: [],
  panics: [],
  shmems: [],
  memories: [],
  cryptos: [],
};
