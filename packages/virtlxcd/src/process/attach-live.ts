import { VirError } from '@modvirt/core/errors';
import { allowDevice, denyDevice, type LiveJob } from '@modvirt/core/hypervisor';
import { withUndo } from '@modvirt/core/jobs';
import type { Domain } from '@modvirt/core/schema';
import type { ContainerRuntime } from '../container-runtime.js';
import { attachToConfig } from '../devices/config-devices.js';
import type { ChangedDevice } from '../devices/read-device.js';
import type { LxcDriver } from '../driver.js';
import {
  allowedDevice,
  nodeStep,
  type WantedDevice,
  wantedDisk,
  wantedHostDevice,
} from '../plan/host-devices.js';
import { mapIds } from '../plan/idmap.js';
import { findHostDevice } from './host-device-facts.js';
import { connectInterface } from './network/connect-interfaces.js';
import { runInContainer } from './run-in-container.js';

type Job = LiveJob<ContainerRuntime>;

/** Gives a container that runs a device. @returns its definition with it */
export async function attachLive(
  driver: LxcDriver,
  job: Job,
  live: Domain,
  changed: ChangedDevice,
): Promise<Domain> {
  switch (changed.kind) {
    case 'disk': {
      const { device } = changed;
      if (device.type !== 'block') {
        throw VirError.of('CONFIG_UNSUPPORTED', "Can't setup disk for non-block device");
      }
      if (live.devices.disks.some((it) => it.target?.dev === device.target?.dev)) {
        throw VirError.of('OPERATION_FAILED', `target ${device.target?.dev} already exists`);
      }
      await giveDevice(driver, job, live, wantedDisk(device));
      return attachToConfig(live, changed);
    }
    case 'hostdev': {
      const wanted = wantedHostDevice(changed.device);
      if (wanted === undefined) throw cannotAttach('hostdev');
      const next = attachToConfig(live, changed);
      await giveDevice(driver, job, live, wanted);
      return next;
    }
    case 'interface':
      return attachInterface(driver, job, live, changed.device);
    case 'other':
      throw cannotAttach(changed.name);
  }
}

function cannotAttach(name: string): VirError {
  return VirError.of('CONFIG_UNSUPPORTED', `device type '${name}' cannot be attached`);
}

async function giveDevice(
  driver: LxcDriver,
  { runtime, signal }: Job,
  live: Domain,
  wanted: WantedDevice | undefined,
): Promise<void> {
  if (wanted === undefined) throw cannotAttach('disk');
  const found = await findHostDevice(driver.parts.files, wanted);
  const ids = mapIds(live.idmap);
  await withUndo(driver.log, async (undo) => {
    await allowDevice(runtime.cgroup, allowedDevice(found));
    const isCommon = found.path === wanted.path && (await isThere(driver, runtime.init.pid, found.path));
    if (!isCommon) undo.add('take the device back', () => denyDevice(runtime.cgroup, allowedDevice(found)));
    await runInContainer(
      driver,
      runtime.init.pid,
      [['owner', ids.rootUid, ids.rootGid], nodeStep(found)],
      signal,
    );
  });
}

/** Whether the container has it already: then it stays allowed. */
async function isThere({ parts }: LxcDriver, initPid: number, path: string): Promise<boolean> {
  return parts.kernel.exists(`/proc/${initPid}/root${path}`);
}

async function attachInterface(
  driver: LxcDriver,
  { runtime, signal }: Job,
  live: Domain,
  net: Domain['devices']['interfaces'][number],
): Promise<Domain> {
  const { devices } = live;
  const taken = devices.interfaces.map((it) => it.guest?.dev);
  let index = 0;
  while (taken.includes(`eth${index}`)) index++;
  return withUndo(driver.log, async (undo) => {
    const context = { driver, live, initPid: runtime.init.pid, signal, undo };
    const connected = await connectInterface(context, net, `eth${index}`);
    return { ...live, devices: { ...devices, interfaces: [...devices.interfaces, connected] } };
  });
}
