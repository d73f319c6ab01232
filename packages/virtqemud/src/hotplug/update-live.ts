import { VirError } from '@modvirt/core/errors';
import type { LiveJob } from '@modvirt/core/hypervisor';
import type { QemuDriver } from '../driver.js';
import {
  type DeviceKind,
  type PluggedDevice,
  withReplaced,
  wordOfKind,
} from '../plan/hotplug/plugged-device.js';
import type { GuestRuntime } from '../process/guest-runtime.js';
import type { QemuDomain } from '../process/qemu-domain.js';
import { execute } from './carry-out.js';
import { changeMedium } from './change-medium.js';

type Of<K extends PluggedDevice['kind']> = Extract<PluggedDevice, { kind: K }>['device'];

const unsupported = (text: string): VirError => VirError.of('OPERATION_UNSUPPORTED', text);

export interface LiveUpdate {
  readonly found: PluggedDevice;
  readonly wanted: PluggedDevice;
  readonly isForce: boolean;
}

/** Changes a device of a running guest. @throws VirError OPERATION_UNSUPPORTED for what cannot be changed */
export async function updateLive(
  driver: QemuDriver,
  domain: QemuDomain,
  job: LiveJob<GuestRuntime>,
  { found, wanted, isForce }: LiveUpdate,
): Promise<void> {
  if (found.kind === 'disks' && wanted.kind === 'disks') {
    await updateDisk(driver, domain, job, { drive: found.device, wanted: wanted.device, isForce });
  } else if (found.kind === 'interfaces' && wanted.kind === 'interfaces') {
    await updateInterface(job.runtime, found.device, wanted.device);
    replace(domain, found, { ...found.device, ...changeable(wanted.device) });
  } else if (found.kind === 'memories' && wanted.kind === 'memories') {
    await updateMemory(job.runtime, found.device, wanted.device);
    replace(domain, found, withRequested(found.device, wanted.device));
  } else if (found.kind === 'graphics' && wanted.kind === 'graphics') {
    await updateGraphics(job.runtime, found.device, wanted.device);
    replace(domain, found, { ...found.device, ...password(wanted.device) });
  } else {
    throw cannotUpdate(wanted.kind);
  }
  await driver.saveStatus(domain);
}

const LIVE_KINDS: readonly DeviceKind[] = ['disks', 'interfaces', 'memories', 'graphics'];

function cannotUpdate(kind: DeviceKind): VirError {
  return VirError.of('CONFIG_UNSUPPORTED', `live update of device '${wordOfKind(kind)}' is not supported`);
}

/** @throws VirError CONFIG_UNSUPPORTED for a kind whose devices stay as they are as long as the guest runs */
export function requireLiveUpdatable(kind: DeviceKind): void {
  if (!LIVE_KINDS.includes(kind)) throw cannotUpdate(kind);
}

function replace(domain: QemuDomain, found: PluggedDevice, next: unknown): void {
  if (domain.live !== undefined) domain.setLive(withReplaced(domain.live, found, next));
}

async function updateDisk(
  driver: QemuDriver,
  domain: QemuDomain,
  job: LiveJob<GuestRuntime>,
  change: { readonly drive: Of<'disks'>; readonly wanted: Of<'disks'>; readonly isForce: boolean },
): Promise<void> {
  const { drive, wanted } = change;
  const place = (disk: Of<'disks'>): string => {
    const { file, dev, name } = (disk.source ?? {}) as { file?: string; dev?: string; name?: string };
    return JSON.stringify([disk.type, file ?? dev ?? name ?? '']);
  };
  if (place(drive) === place(wanted)) return;
  if (drive.device !== 'cdrom' && drive.device !== 'floppy') {
    const text = 'disk source can be changed only in removable drives';
    throw VirError.of('CONFIG_UNSUPPORTED', text);
  }
  await changeMedium(driver, domain, job, change);
}

const FIXED: readonly (readonly [string, (net: Of<'interfaces'>) => unknown])[] = [
  ['type', (it) => it.type],
  ['model', (it) => it.model],
  ['driver attributes', (it) => it.driver],
  ['boot index', (it) => it.boot?.order],
];

/** @throws VirError OPERATION_UNSUPPORTED for what a card has for good */
async function updateInterface(
  runtime: GuestRuntime,
  found: Of<'interfaces'>,
  wanted: Of<'interfaces'>,
): Promise<void> {
  for (const [what, of] of FIXED) {
    if (JSON.stringify(of(found)) === JSON.stringify(of(wanted))) continue;
    const text =
      what === 'type'
        ? `cannot change network interface type to '${wanted.type}'`
        : what === 'model'
          ? `cannot modify network device model from ${found.model ?? '(null)'} to ${wanted.model ?? '(null)'}`
          : what === 'boot index'
            ? 'cannot modify network device boot index setting'
            : 'cannot modify virtio network device driver attributes';
    throw unsupported(text);
  }
  const [before, after] = [found.link?.state ?? 'up', wanted.link?.state ?? 'up'];
  if (before === after) return;
  await execute(runtime, { command: 'set_link', args: { name: found.alias ?? '', up: after === 'up' } });
}

/** What of a card may change while it runs. */
function changeable(wanted: Of<'interfaces'>): Partial<Of<'interfaces'>> {
  return { link: wanted.link, bandwidth: wanted.bandwidth } as Partial<Of<'interfaces'>>;
}

async function updateMemory(
  runtime: GuestRuntime,
  found: Of<'memories'>,
  wanted: Of<'memories'>,
): Promise<void> {
  if (found.model !== 'virtio-mem' || wanted.model !== 'virtio-mem') {
    throw unsupported(`cannot modify memory of model '${found.model}'`);
  }
  if (found.target.size !== wanted.target.size) {
    throw unsupported(`cannot modify memory size from '${found.target.size}' to '${wanted.target.size}'`);
  }
  const bytes = Number((wanted.target.requested ?? 0n) * 1024n);
  await execute(runtime, {
    command: 'qom-set',
    args: { path: found.alias ?? '', property: 'requested-size', value: bytes },
  });
}

function withRequested(found: Of<'memories'>, wanted: Of<'memories'>): unknown {
  const { requested } = wanted.target as { requested?: bigint };
  return { ...found, target: { ...found.target, requested } };
}

async function updateGraphics(
  runtime: GuestRuntime,
  found: Of<'graphics'>,
  wanted: Of<'graphics'>,
): Promise<void> {
  const { type } = found;
  if (type !== wanted.type) throw unsupported(`cannot change graphics type to '${wanted.type}'`);
  if (type !== 'vnc' && type !== 'spice') {
    throw VirError.of('INTERNAL_ERROR', `unable to change config on '${type}' graphics type`);
  }
  const port = (it: Of<'graphics'>): number => Number((it as { port?: number }).port ?? -1);
  if (port(wanted) !== -1 && port(wanted) !== 0 && port(wanted) !== port(found)) {
    throw unsupported(`cannot change port settings on ${type} graphics`);
  }
  const { passwd } = wanted as { passwd?: string };
  if (passwd === undefined || passwd === (found as { passwd?: string }).passwd) return;
  const args = { protocol: type, password: passwd, connected: 'keep' };
  await execute(runtime, { command: 'set_password', args });
  await execute(runtime, { command: 'expire_password', args: { protocol: type, time: 'never' } });
}

function password(wanted: Of<'graphics'>): object {
  const { passwd, passwdValidTo } = wanted as { passwd?: string; passwdValidTo?: unknown };
  return {
    ...(passwd === undefined ? {} : { passwd }),
    ...(passwdValidTo === undefined ? {} : { passwdValidTo }),
  };
}
