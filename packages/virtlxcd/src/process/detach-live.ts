import { VirError } from '@modvirt/core/errors';
import { denyDevice, type LiveJob } from '@modvirt/core/hypervisor';
import type { Domain } from '@modvirt/core/schema';
import type { ContainerRuntime } from '../container-runtime.js';
import { detachFromConfig } from '../devices/config-devices.js';
import type { ChangedDevice } from '../devices/read-device.js';
import { hostdevPlace, sameInterface } from '../devices/same-device.js';
import type { LxcDriver } from '../driver.js';
import { allowedDevice, type WantedDevice, wantedDisk, wantedHostDevice } from '../plan/host-devices.js';
import { findHostDevice } from './host-device-facts.js';
import { disconnectInterface } from './network/disconnect-interfaces.js';
import { runIp } from './network/ip-tool.js';
import { runInContainer } from './run-in-container.js';

type Job = LiveJob<ContainerRuntime>;

/** Takes a device from a container that runs. @returns its definition without it */
export async function detachLive(
  driver: LxcDriver,
  job: Job,
  live: Domain,
  changed: ChangedDevice,
): Promise<Domain> {
  const { devices } = live;
  switch (changed.kind) {
    case 'disk': {
      const name = changed.device.target?.dev;
      const found = devices.disks.find((it) => it.target?.dev === name);
      if (found === undefined) throw VirError.of('OPERATION_FAILED', `disk ${name} not found`);
      await takeDevice(driver, job, wantedDisk(found));
      return detachFromConfig(live, changed);
    }
    case 'hostdev': {
      const place = hostdevPlace(changed.device);
      const found = devices.hostdevs.find((it) => hostdevPlace(it) === place);
      if (found === undefined) throw VirError.of('OPERATION_FAILED', `hostdev ${place} not found`);
      await takeDevice(driver, job, wantedHostDevice(found));
      return detachFromConfig(live, changed);
    }
    case 'interface': {
      const found = sameInterface(devices.interfaces, changed.device);
      await removeInterface(driver, job, found);
      return detachFromConfig(live, changed);
    }
    case 'other':
      throw VirError.of('CONFIG_UNSUPPORTED', `device type '${changed.name}' cannot be detached`);
  }
}

async function takeDevice(
  driver: LxcDriver,
  { runtime, signal }: Job,
  wanted: WantedDevice | undefined,
): Promise<void> {
  if (wanted === undefined)
    throw VirError.of('CONFIG_UNSUPPORTED', "device type 'hostdev' cannot be detached");
  await runInContainer(driver, runtime.init.pid, [['remove', wanted.path]], signal);
  const found = await findHostDevice(driver.parts.files, wanted);
  await denyDevice(runtime.cgroup, allowedDevice(found));
}

async function removeInterface(
  driver: LxcDriver,
  { runtime, signal }: Job,
  net: Domain['devices']['interfaces'][number],
): Promise<void> {
  const { target, guest } = net;
  // One without an end on the host is taken away where it is.
  if (target?.dev === undefined && guest?.dev !== undefined) {
    await runIp(driver, [`link delete dev ${guest.dev}`], signal, runtime.init.pid);
  }
  await disconnectInterface(driver, net);
}
