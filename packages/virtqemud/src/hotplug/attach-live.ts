import type { LiveJob } from '@modvirt/core/hypervisor';
import type { Domain } from '@modvirt/core/schema';
import type { QemuDriver } from '../driver.js';
import type { LiveInsertion } from '../plan/hotplug/insert-live.js';
import { aliasIn } from '../plan/hotplug/plugged-device.js';
import { withImagesChecked } from '../process/guest-files.js';
import type { GuestRuntime } from '../process/guest-runtime.js';
import { withCharacterDevices } from '../process/live-definition.js';
import type { QemuDomain } from '../process/qemu-domain.js';
import { readCharacterDevices, readDeviceAliases } from '../process/read-back.js';
import { carryOut } from './carry-out.js';

/** A device on its way into a running guest. */
export interface Attachment {
  readonly live: Domain;
  readonly xml: string;
}

/** Decides how the device of `xml` comes into the guest. @throws VirError when it cannot */
export async function planAttachment(
  driver: QemuDriver,
  domain: QemuDomain,
  job: LiveJob<GuestRuntime>,
  { live, xml }: Attachment,
): Promise<LiveInsertion> {
  const caps = await driver.capabilitiesOf(live, job.signal);
  const lastNode = Number(job.runtime.carried.nodename ?? 0n);
  return driver.parts.planner.insertLive(live, xml, caps, { id: domain.id, lastNode });
}

/**
 * Plugs a device into the running guest: all of it, or nothing.
 *
 * @throws VirError what QEMU or the host refuses
 */
export async function attachLive(
  driver: QemuDriver,
  domain: QemuDomain,
  job: LiveJob<GuestRuntime>,
  insertion: LiveInsertion,
): Promise<void> {
  const { runtime, signal } = job;
  const { device, added } = insertion;
  const caps = await driver.capabilitiesOf(insertion.domain, signal);
  if (device.kind === 'disks') {
    const only = { ...insertion.domain, devices: { ...insertion.domain.devices, disks: [device.device] } };
    await withImagesChecked(driver.parts.files, only, driver.parts.guestUser);
  }
  const plan = driver.parts.planner.plug(insertion.domain, [...added, device], caps, domain.id);
  const isShared =
    device.kind === 'disks' && (device.device.readonly === true || device.device.shareable === true);
  const terminals = await carryOut(driver, job, plan, { name: domain.name, ownFiles: !isShared });
  runtime.carried = { ...runtime.carried, nodename: BigInt(insertion.lastNode) };
  const chardevs = await readCharacterDevices(runtime.monitor, signal);
  const known = { ...chardevs, terminals: new Map([...chardevs.terminals, ...terminals]) };
  domain.setLive(withCharacterDevices(insertion.domain, known));
  runtime.deviceAliases = await readDeviceAliases(runtime.monitor, signal);
  await driver.saveStatus(domain);
  announceAdded(driver, domain, aliasIn(device));
}

function announceAdded(driver: QemuDriver, domain: QemuDomain, alias: string | undefined): void {
  if (alias === undefined) return;
  driver.notifier.emit('domainDeviceAdded', domain.reference, { devAlias: alias });
}
