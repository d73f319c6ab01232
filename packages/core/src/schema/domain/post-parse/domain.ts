import { VirError } from '../../../errors/vir-error.js';
import type { Uuid } from '../../../wire/uuid.js';
import type { Devices } from '../devices.js';
import type { DomainElement } from '../domain.js';
import type { Vsock } from '../vsock.js';
import { postParseBoot } from './boot.js';
import { postParseCharacterDevices, postParseSmartcards } from './character-devices.js';
import { addControllersInUse, indexControllers, requirePossibleControllers } from './controllers.js';
import { postParseDisk } from './disks.js';

import type { Domain } from './filled-domain.js';

import { placeHostdevs } from './hostdevs.js';
import { postParseInterface } from './interfaces.js';
import { postParseMetadata } from './metadata.js';

import { orderControllers, orderDisks } from './order.js';
import { postParseSchedulers } from './schedulers.js';
import { postParseVideos } from './videos.js';

/**
 * Fills in what every hypervisor takes for granted when a document leaves it out.
 *
 * @throws VirError NO_NAME without a name, XML_ERROR without a size of the memory
 */
export function postParse(read: DomainElement, newUuid: () => Uuid, abiUpdate = false): Domain {
  const memory = memoryOf(read, abiUpdate);
  const { os } = read;
  if (read.name === undefined) throw VirError.of('NO_NAME');
  const isTold = os?.type !== undefined || read.bootloader !== undefined;
  if (os === undefined || !isTold) throw VirError.of('XML_ERROR', 'an os <type> must be specified');
  const domain: Domain = {
    ...read,
    name: read.name,
    uuid: read.uuid ?? newUuid(),
    memory,
    currentMemory: currentMemoryOf(read.currentMemory, memory.sizeKiB),
    ...(read.metadata === undefined ? {} : { metadata: postParseMetadata(read.metadata) }),
    ...(read.cputune === undefined
      ? {}
      : { cputune: postParseSchedulers(read.cputune, read.vcpu?.count ?? 1) }),
    vcpu: read.vcpu ?? { placement: 'static', count: 1 },
    os,
    clock: read.clock ?? { offset: 'utc', timers: [] },
    devices: postParseDevices(read.devices ?? NO_DEVICES, os.type?.name === 'hvm'),
  };
  return postParseBoot(domain);
}

/** What follows from a domain that its driver has filled in: controllers for what sits on them. */
export function completeDomain(domain: Domain): Domain {
  const devices = addControllersInUse(domain.devices);
  return devices === domain.devices ? domain : { ...domain, devices };
}

function currentMemoryOf(written: bigint | undefined, maximum: bigint): bigint {
  return written === undefined || written === 0n || written > maximum ? maximum : written;
}

function postParseDevices(devices: Devices, isHvm: boolean): Devices {
  requirePossibleControllers(devices);
  const paired = postParseCharacterDevices(devices, isHvm);
  const hasWideScsi = devices.controllers.some((it) => it.type === 'scsi' && it.model === 'virtio-scsi');
  const disks = orderDisks(paired.disks.map((it) => postParseDisk(it, hasWideScsi)));
  return {
    ...paired,
    interfaces: paired.interfaces.map(postParseInterface),
    disks,
    hostdevs: placeHostdevs({ ...paired, disks }),
    controllers: orderControllers(indexControllers(paired.controllers)),
    smartcards: postParseSmartcards(paired.smartcards),
    videos: postParseVideos(paired.videos),
    ...(paired.vsock === undefined ? {} : { vsock: withCid(paired.vsock) }),
  };
}

/** Without a number the next free one is taken at each start. */
function withCid(vsock: Vsock): Vsock {
  const { address, auto = address === undefined } = vsock.cid ?? {};
  return { ...vsock, cid: { auto, ...(address === undefined ? {} : { address }) } };
}

type Memory = NonNullable<DomainElement['memory']>;

/** Cells and devices say it better where they may: in a new definition, and where nothing else does. */
function memoryOf(read: DomainElement, abiUpdate: boolean): Memory {
  const cells = memoryOfCells(read);
  const isWritten = read.memory !== undefined && read.memory.sizeKiB > 0n;
  if (isWritten && (!abiUpdate || cells === 0n)) return read.memory;
  const devices = (read.devices?.memories ?? []).reduce((sum, it) => sum + it.target.size, 0n);
  return { ...read.memory, sizeKiB: cells + devices };
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
