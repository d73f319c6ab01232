import { qemuKeys, readConfig } from '@modvirt/core/config';
import { driverPaths, systemPaths } from '@modvirt/core/uri';
import type { Uuid } from '@modvirt/core/wire';
import { countingDescriptors } from '../plan/command/descriptor-numbers.js';
import type { HostFacts, PlanContext } from '../plan/context.js';
import type { MachineType, QemuCaps } from '../plan/qemu-caps.js';
import { planConfig } from '../plan-config.js';

const UUID = '3f2504e0-4f89-41d3-9a0c-0305e82c3301' as Uuid;

const paths = driverPaths(systemPaths('/'), 'qemu');

const host: HostFacts = {
  arch: 'x86_64',
  pageSizeKiB: 4n,
  numaNodes: [0],
  utcOffsetSeconds: 0,
  renderNode: '/dev/dri/renderD128',
  scsiGenericPath: () => '/dev/sg0',
  tpmCancelPath: () => '/sys/class/tpm/tpm0/device/cancel',
  isPciExpress: () => undefined,
  isCdrom: () => false,
  environment: () => undefined,
};

/** A host and an emulator with most of all capabilities: which ones are missing depends on `seed`. */
export function anyContext(seed: number): PlanContext {
  return {
    caps: anyCaps(seed),
    host,
    config: planConfig(readConfig('', 'qemu.conf', qemuKeys).values, paths),
    random: { bytes: (count) => new Uint8Array(count), uuid: () => UUID },
    secrets: { value: () => new Uint8Array(4), seal: () => ({ data: 'AAAA', iv: 'BBBB' }) },
    descriptors: countingDescriptors(),
    id: 1,
    volumes: { placeOf: () => ({ type: 'file', file: '/volume.img' }) as never },
    descriptorGroup: () => undefined,
    servesByNbdkit: () => false,
    firmware: { descriptors: [], listed: [] },
    cpus: { map: () => undefined, offered: () => [], hostModel: () => undefined },
    networks: { plugOf: () => undefined, addressOf: () => undefined },
    vsockCid: () => 3,
    tpmSocket: () => '/run/tpm.sock',
    displayPort: () => 5900,
    now: 1_700_000_000,
    abiUpdate: true,
  };
}

function anyCaps(seed: number): QemuCaps {
  return {
    emulator: '/usr/bin/qemu-system-x86_64',
    arch: 'x86_64',
    version: 7_002_000,
    has: (flag) => digest(flag, seed) % 10 !== 0,
    supports: () => true,
    machines: () => [machine('pc', true), machine('q35', false), machine('microvm', false)],
    cpuModels: () => [{ name: 'qemu64', usable: true, blockers: [] }],
    hostCpu: () => ({ model: 'base', migratability: false, properties: [] }),
    hypervFeatures: [],
  };
}

function machine(name: string, isDefault: boolean): MachineType {
  return {
    name,
    isDefault,
    maxCpus: 255,
    hotplugCpus: true,
    defaultCpu: 'qemu64-x86_64-cpu',
    numaMemSupported: true,
    defaultRamId: 'pc.ram',
    deprecated: false,
    acpi: true,
  };
}

function digest(text: string, seed: number): number {
  return [...text].reduce((sum, it) => (sum * 31 + it.charCodeAt(0)) >>> 0, seed);
}
