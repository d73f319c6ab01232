import { VirError } from '@modvirt/core/errors';
import type { LiveJob } from '@modvirt/core/hypervisor';
import { DeadlineError } from '@modvirt/core/ports';
import type { Domain } from '@modvirt/core/schema';
import type { QemuDriver } from '../driver.js';
import { MonitorError, type MonitorEvent } from '../monitor/monitor.js';
import { monitorFailure } from '../monitor/qmp-link.js';
import { deviceByAlias } from '../plan/hotplug/insert-device.js';
import { aliasIn, type PluggedDevice, withoutDevice } from '../plan/hotplug/plugged-device.js';
import { requireUnpluggable } from '../plan/hotplug/unpluggable.js';
import { expectEvent } from '../process/guest-events.js';
import type { GuestRuntime } from '../process/guest-runtime.js';
import type { QemuDomain } from '../process/qemu-domain.js';
import { readDeviceAliases } from '../process/read-back.js';
import { takeBackEnds } from './carry-out.js';

/** How long a guest may take to let a device go before the caller is told that it may do so later. */
const UNPLUG_MS = 5000;

type Answer = 'deleted' | 'refused';

/** What an event says of the device with that alias. */
export function unplugAnswer({ name, data }: MonitorEvent, alias: string): Answer | undefined {
  if (data.device !== alias) return undefined;
  if (name === 'DEVICE_DELETED') return 'deleted';
  return name === 'DEVICE_UNPLUG_GUEST_ERROR' || name === 'MEM_UNPLUG_ERROR' ? 'refused' : undefined;
}

/**
 * Asks the guest to let a device go, and waits a while for it; what it does later is heard all the same.
 *
 * @param waits false: only asks
 * @throws VirError OPERATION_FAILED when the guest refuses; OPERATION_UNSUPPORTED for what stays as long as it runs
 */
export async function detachLive(
  driver: QemuDriver,
  domain: QemuDomain,
  job: LiveJob<GuestRuntime>,
  device: PluggedDevice,
  waits: boolean,
): Promise<void> {
  const { live } = domain;
  if (live === undefined) return;
  requireUnpluggable(live, device);
  const alias = aliasIn(device);
  if (alias === undefined || device.kind === 'leases') {
    await forget(driver, domain, job.runtime, device);
    return;
  }
  await unplug(driver, domain, job, { device, alias, waits });
}

async function unplug(
  driver: QemuDriver,
  domain: QemuDomain,
  { runtime, signal }: LiveJob<GuestRuntime>,
  {
    device,
    alias,
    waits,
  }: { readonly device: PluggedDevice; readonly alias: string; readonly waits: boolean },
): Promise<void> {
  // A device without a face of its own has nothing that the guest could hold on to.
  const command = unplugCommand(device, alias);
  const answer = expectEvent(runtime, (event) => unplugAnswer(event, alias), {
    clock: driver.clock,
    what: `unplugging ${alias}`,
    timeoutMs: UNPLUG_MS,
    signal,
  });
  if (waits) runtime.unplugging.add(alias);
  try {
    await runtime.monitor.execute(command.command, command.args, signal);
    if (command.command !== 'device_del') await forget(driver, domain, runtime, device);
    else if (waits && (await answer.found) === 'refused') throw refusal();
    else if (waits) await forget(driver, domain, runtime, device);
  } catch (error) {
    if (error instanceof DeadlineError) return;
    // It has gone before we asked, unseen.
    if (error instanceof MonitorError && error.errorClass === 'DeviceNotFound') {
      await forget(driver, domain, runtime, device);
      return;
    }
    throw monitorFailure(error);
  } finally {
    answer.cancel();
    runtime.unplugging.delete(alias);
  }
}

function unplugCommand(device: PluggedDevice, alias: string) {
  if (device.kind === 'channels' && device.device.target.type === 'guestfwd') {
    return { command: 'netdev_del', args: { id: alias } };
  }
  if (device.kind === 'inputs' && device.device.type === 'evdev') {
    return { command: 'object-del', args: { id: alias } };
  }
  return { command: 'device_del', args: { id: alias } };
}

function refusal(): VirError {
  return VirError.of('OPERATION_FAILED', 'unplug of device was rejected by the guest', { domain: 'QEMU' });
}

/** The device is gone from the guest: what was behind it goes as well. Does nothing the second time. */
export async function forget(
  driver: QemuDriver,
  domain: QemuDomain,
  runtime: GuestRuntime,
  device: PluggedDevice,
): Promise<void> {
  const { live } = domain;
  const alias = aliasIn(device);
  if (live === undefined || domain.runtime !== runtime) return;
  const found = alias === undefined ? device : deviceByAlias(live, alias);
  if (found === undefined) return;
  domain.setLive(withoutDevice(live, found));
  await takeBackBehind(driver, domain, runtime, live, found);
  runtime.deviceAliases = await readDeviceAliases(runtime.monitor);
  await driver.saveStatus(domain);
  if (alias === undefined) return;
  driver.notifier.emit('domainDeviceRemoved', domain.reference, { devAlias: alias });
}

async function takeBackBehind(
  driver: QemuDriver,
  domain: QemuDomain,
  runtime: GuestRuntime,
  live: Domain,
  device: PluggedDevice,
): Promise<void> {
  const caps = await driver.capabilitiesOf(live, driver.scope.signal);
  const plan = driver.parts.planner.plug(live, [device], caps, domain.id);
  const isDirect = device.kind === 'channels' && device.device.target.type === 'guestfwd';
  const isInput = device.kind === 'inputs' && device.device.type === 'evdev';
  // What had no face was taken back itself.
  const steps = isDirect || isInput ? plan.steps.slice(0, -1) : plan.steps;
  await takeBackEnds(driver, runtime, { ...plan, steps });
  if (device.kind !== 'disks' || device.device.readonly === true || device.device.shareable === true) return;
  for (const { path, readOnly } of plan.resources) {
    if (!readOnly) await driver.parts.ownership.takeBack(path);
  }
}
