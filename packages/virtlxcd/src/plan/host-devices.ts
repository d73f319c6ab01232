import type { Domain } from '@modvirt/core/schema';
import type { AllowedDevice, PlanStep } from './container-plan.js';

type Hostdev = Domain['devices']['hostdevs'][number];
type Disk = Domain['devices']['disks'][number];

/** A device of the host as it is found there. */
export interface HostDevice {
  /** Where the container has it. */
  readonly path: string;
  /** With its kind. */
  readonly mode: number;
  readonly major: number;
  readonly minor: number;
}

/** A device that the container is given, by its path on the host. */
export interface WantedDevice {
  readonly hostPath: string;
  readonly path: string;
  readonly type: 'b' | 'c';
}

/** The device of the host that a `<hostdev mode='capabilities'>` names; undefined for one that is no file. */
export function wantedHostDevice(dev: Hostdev): WantedDevice | undefined {
  if (dev.mode !== 'capabilities') return undefined;
  if (dev.type === 'storage') return { hostPath: dev.source.block, path: dev.source.block, type: 'b' };
  if (dev.type === 'misc') return { hostPath: dev.source.char, path: dev.source.char, type: 'c' };
  return undefined;
}

/** Only block devices of the host can be disks. */
export function wantedDisk(disk: Disk): WantedDevice | undefined {
  const source = disk.type === 'block' ? disk.source?.dev : undefined;
  const name = disk.target?.dev;
  return source === undefined || name === undefined
    ? undefined
    : { hostPath: source, path: `/dev/${name}`, type: 'b' };
}

export function nodeStep(device: HostDevice): PlanStep {
  return ['node', device.path, device.mode, device.major, device.minor];
}

const KIND = 0o170000;
const BLOCK = 0o060000;

export function allowedDevice({ mode, major, minor }: HostDevice): AllowedDevice {
  return { type: (mode & KIND) === BLOCK ? 'b' : 'c', major, minor };
}
