import { VirError } from '@modvirt/core/errors';
import type { LiveJob } from '@modvirt/core/hypervisor';
import type { Domain } from '@modvirt/core/schema';
import type { QemuDriver } from '../driver.js';
import { withReplaced } from '../plan/hotplug/plugged-device.js';
import type { PlugPlan } from '../plan/hotplug/step-recorder.js';
import { withImagesChecked } from '../process/guest-files.js';
import type { GuestRuntime } from '../process/guest-runtime.js';
import type { QemuDomain } from '../process/qemu-domain.js';
import { carryOut, execute, takeBackEnds } from './carry-out.js';

type Disk = Domain['devices']['disks'][number];

const NOTHING: PlugPlan = { steps: [], descriptors: [], files: [], directories: [], resources: [] };

/**
 * Puts another medium into a drive, or takes the one out that is there.
 *
 * @param wanted  the drive as it shall be
 * @param isForce the guest cannot hold it back
 * @throws VirError OPERATION_FAILED for a medium that the guest has locked in
 */
export async function changeMedium(
  driver: QemuDriver,
  domain: QemuDomain,
  job: LiveJob<GuestRuntime>,
  change: { readonly drive: Disk; readonly wanted: Disk; readonly isForce: boolean },
): Promise<void> {
  const { runtime, signal } = job;
  const { drive, isForce } = change;
  const { live } = domain;
  if (live === undefined) return;
  const caps = await driver.capabilitiesOf(live, signal);
  const { planner } = driver.parts;
  const lastNode = Number(runtime.carried.nodename ?? 0n);
  const named = planner.nameDisk(withMediumOf(drive, change.wanted), caps, lastNode);
  const next = named.disk;
  const only = { ...live, devices: { ...live.devices, disks: [next] } };
  await withImagesChecked(driver.parts.files, only, driver.parts.guestUser);
  const hasNext = hasSource(next);
  const planned = hasNext ? planner.medium(live, next, caps, domain.id) : { plan: NOTHING, node: '' };
  const before = hasSource(drive) ? planner.medium(live, drive, caps, domain.id).plan : NOTHING;
  const id = drive.alias ?? '';
  const hasTray = drive.device === 'cdrom';
  if (hasTray) await openTray(runtime, id, isForce);
  await carryOut(driver, job, planned.plan, { name: domain.name, ownFiles: false });
  try {
    if (hasSource(drive)) await execute(runtime, { command: 'blockdev-remove-medium', args: { id } });
    if (hasNext) {
      await execute(runtime, { command: 'blockdev-insert-medium', args: { id, 'node-name': planned.node } });
    }
  } catch (error) {
    await takeBackEnds(driver, runtime, planned.plan);
    throw error;
  }
  if (hasTray) await execute(runtime, { command: 'blockdev-close-tray', args: { id } });
  await takeBackEnds(driver, runtime, before);
  runtime.carried = { ...runtime.carried, nodename: BigInt(named.last) };
  const now = domain.live;
  const current = now?.devices.disks.find((it) => it.alias === drive.alias);
  if (now !== undefined && current !== undefined) {
    const { tray: _moved, ...target } = current.target;
    domain.setLive(withReplaced(now, { kind: 'disks', device: current }, { ...next, target }));
  }
  await driver.saveStatus(domain);
}

async function openTray(runtime: GuestRuntime, id: string, isForce: boolean): Promise<void> {
  await execute(runtime, { command: 'blockdev-open-tray', args: { id, force: isForce } });
  const drives = (await execute(runtime, { command: 'query-block', args: {} })) as readonly {
    qdev?: string;
    tray_open?: boolean;
    locked?: boolean;
  }[];
  const drive = drives.find((it) => it.qdev === id || it.qdev?.split('/').at(-1) === id);
  if (drive?.tray_open === true || drive === undefined) return;
  throw VirError.of('OPERATION_FAILED', `tray of the device '${id}' is locked by the guest`, {
    domain: 'QEMU',
  });
}

function hasSource(disk: Disk): boolean {
  return disk.source !== undefined;
}

/** The drive with what is in the other one: it stays where and what it is. */
function withMediumOf(drive: Disk, wanted: Disk): Disk {
  const { source: _source, backingStore: _chain, type: _type, driver: _driver, ...rest } = drive;
  const { type, source, driver, backingStore } = wanted;
  return {
    ...rest,
    type,
    ...(source === undefined ? {} : { source }),
    ...(driver === undefined ? {} : { driver }),
    ...(backingStore === undefined ? {} : { backingStore }),
  } as Disk;
}
