import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';
import type { Assembly } from '../assembly.js';
import { nodeNumbers } from '../block/disk-chain.js';
import type { PlanContext } from '../context.js';
import type { BootOrder } from '../definition/boot-order.js';
import { deviceOverrides } from '../definition/device-overrides.js';
import type { Disk } from '../definition/types.js';
import { addChannel, addConsole, addParallel, addSerial } from '../devices/character.js';
import { controllerProps } from '../devices/controller.js';
import { addDisk, addMedium } from '../devices/disk-backend.js';
import { addFilesystem } from '../devices/filesystem.js';
import { addHostdev } from '../devices/hostdev.js';
import { addInput } from '../devices/input.js';
import { addMemoryDevice } from '../devices/memory-device.js';
import { addNetdev } from '../devices/netdev.js';
import { networkProps } from '../devices/network.js';
import { addRedirdev } from '../devices/redirdev.js';
import { addRng } from '../devices/rng.js';
import { addShmem } from '../devices/shmem.js';
import { addVsock } from '../devices/vsock.js';
import { addWatchdog } from '../devices/watchdog.js';
import { type DeviceKind, type PluggedDevice, wordOfKind } from './plugged-device.js';
import { type PlugPlan, StepRecorder } from './step-recorder.js';

/** Only what users chose counts: a guest that runs has booted. */
const CHOSEN: BootOrder = { of: (device) => device.boot?.order };

/** Everything that plugging `added` into the guest does, in order. */
export function planPlug(domain: Domain, added: readonly PluggedDevice[], cx: PlanContext): PlugPlan {
  const out = new StepRecorder(deviceOverrides(domain));
  const to: Assembly = { domain, cx, out };
  for (const device of added) plug(to, device);
  return out.plan();
}

/** What putting the medium of a disk into its drive does, and the node that the drive then has. */
export function planMedium(
  domain: Domain,
  disk: Disk,
  cx: PlanContext,
): { readonly plan: PlugPlan; readonly node: string } {
  const out = new StepRecorder();
  const node = addMedium({ domain, cx, out }, disk);
  return { plan: out.plan(), node };
}

type Plugs = { readonly [D in PluggedDevice as D['kind']]?: (to: Assembly, device: D['device']) => void };

const PLUGS: Plugs = {
  disks: (to, device) => addDisk(to, device, CHOSEN),
  controllers(to, device) {
    const props = controllerProps(to, device);
    if (props !== undefined) to.out.device(props);
  },
  interfaces(to, device) {
    const queues = addNetdev(to, device);
    to.out.device(networkProps(to, device, CHOSEN, queues));
  },
  serials: addSerial,
  parallels: addParallel,
  channels: addChannel,
  consoles: addConsole,
  rngs: addRng,
  memories: addMemoryDevice,
  inputs: addInput,
  redirdevs: (to, device) => addRedirdev(to, device, CHOSEN),
  shmems: addShmem,
  watchdogs: addWatchdog,
  hostdevs: (to, device) => addHostdev(to, device, CHOSEN, nodeNumbers()),
  filesystems: (to, device) => addFilesystem(to, device, CHOSEN),
  vsock: addVsock,
  // Only the lock manager knows of it.
  leases: () => undefined,
};

/** Whether a guest that runs can be given devices of that kind. */
export function canPlug(kind: DeviceKind): boolean {
  return Object.hasOwn(PLUGS, kind);
}

function plug(to: Assembly, { kind, device }: PluggedDevice): void {
  const add = PLUGS[kind] as ((to: Assembly, device: PluggedDevice['device']) => void) | undefined;
  if (add === undefined) {
    throw VirError.of(
      'OPERATION_UNSUPPORTED',
      `live attach of device '${wordOfKind(kind)}' is not supported`,
    );
  }
  add(to, device);
}
