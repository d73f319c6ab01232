import type { Call, Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import {
  checkFlags,
  domainFileHeader,
  impactOf,
  type LiveJob,
  parsedDefinition,
  saveDefinition,
} from '@modvirt/core/hypervisor';
import { domainDeviceModifyFlags as flag } from '@modvirt/core/protocol/constants';
import type { domainDevices } from '@modvirt/core/protocol/rows';
import type { Domain } from '@modvirt/core/schema';
import type { QemuDriver } from '../driver.js';
import { attachLive, planAttachment } from '../hotplug/attach-live.js';
import { detachLive } from '../hotplug/detach-live.js';
import { requireLiveUpdatable, updateLive } from '../hotplug/update-live.js';
import {
  detachConfig,
  requireAttachable,
  requireRoomIn,
  requireUpdatable,
  updateConfig,
} from '../plan/hotplug/change-config.js';
import { findDevice } from '../plan/hotplug/find-device.js';
import { deviceByAlias } from '../plan/hotplug/insert-device.js';
import { requireRoom } from '../plan/hotplug/pluggable.js';
import { type DeviceKind, type PluggedDevice, withDevices } from '../plan/hotplug/plugged-device.js';
import { soughtDevice, withMac } from '../plan/hotplug/sought-device.js';
import { requireUnpluggableKind } from '../plan/hotplug/unpluggable.js';
import type { GuestRuntime } from '../process/guest-runtime.js';
import type { QemuDomain } from '../process/qemu-domain.js';

type Served = Pick<
  Handlers<typeof domainDevices>,
  | 'domainAttachDevice'
  | 'domainAttachDeviceFlags'
  | 'domainDetachDevice'
  | 'domainDetachDeviceFlags'
  | 'domainDetachDeviceAlias'
  | 'domainUpdateDeviceFlags'
>;

interface Change {
  readonly api: string;
  readonly flags: number;
  readonly known: number;
  /** What the definition becomes. @throws before anything is done */
  config(definition: Domain): Domain | Promise<Domain>;
  live(job: LiveJob<GuestRuntime>, live: Domain): Promise<void>;
}

/** Devices that come, go, or change, in running guests and for their next start. */
export function deviceChangeHandlers(driver: QemuDriver): Served {
  const { domains } = driver;
  const both = flag.live | flag.config;
  return {
    domainAttachDevice: ({ dom, xml }, call) =>
      attach(driver, domains.byRef(dom), { xml, flags: flag.live, api: 'virDomainAttachDevice' }, call),
    domainAttachDeviceFlags: ({ dom, xml, flags }, call) =>
      attach(driver, domains.byRef(dom), { xml, flags, api: 'virDomainAttachDeviceFlags' }, call),
    domainDetachDevice: ({ dom, xml }, call) =>
      detach(driver, domains.byRef(dom), { xml, flags: flag.live, api: 'virDomainDetachDevice' }, call),
    domainDetachDeviceFlags: ({ dom, xml, flags }, call) =>
      detach(driver, domains.byRef(dom), { xml, flags, api: 'virDomainDetachDeviceFlags' }, call),
    async domainDetachDeviceAlias({ dom, alias, flags }, call) {
      const domain = domains.byRef(dom);
      await change(driver, domain, call, {
        api: 'virDomainDetachDeviceAlias',
        flags,
        known: both,
        config: (definition) => detachConfig(definition, byAlias(definition, alias)),
        live: (job, live) => detachLive(driver, domain, job, byAlias(live, alias), false),
      });
    },
    domainUpdateDeviceFlags: ({ dom, xml, flags }, call) =>
      update(driver, domains.byRef(dom), { xml, flags, api: 'virDomainUpdateDeviceFlags' }, call),
  };
}

function byAlias(domain: Domain, alias: string): PluggedDevice {
  const found = deviceByAlias(domain, alias);
  if (found !== undefined) return found;
  throw VirError.of('INTERNAL_ERROR', `no device found with alias ${alias}`);
}

interface Wanted {
  readonly xml: string;
  readonly flags: number;
  readonly api: string;
}

async function attach(driver: QemuDriver, domain: QemuDomain, wanted: Wanted, call: Call): Promise<void> {
  const known = flag.live | flag.config;
  let { xml } = wanted;
  await change(driver, domain, call, {
    ...wanted,
    known,
    async config(definition) {
      const caps = await driver.capabilitiesOf(definition, call.signal);
      requireRoomIn(definition, soughtDevice(definition, xml, driver.parts.newUuid));
      const inserted = driver.parts.planner.insertConfig(definition, xml, caps);
      requireAttachable(inserted.device.kind);
      // Both shall be the same card.
      xml = withMac(xml, inserted.device);
      return inserted.domain;
    },
    async live(job, live) {
      const sought = soughtDevice(live, xml, driver.parts.newUuid);
      const drive = driveOf(live, sought);
      if (drive !== undefined) {
        await updateLive(driver, domain, job, { found: drive, wanted: sought, isForce: false });
        return;
      }
      requireRoom(live, sought);
      await attachLive(driver, domain, job, await planAttachment(driver, domain, job, { live, xml }));
    },
  });
}

/** The drive that a medium goes into: it is there already. */
function driveOf(live: Domain, sought: PluggedDevice): PluggedDevice | undefined {
  if (sought.kind !== 'disks' || (sought.device.device !== 'cdrom' && sought.device.device !== 'floppy')) {
    return undefined;
  }
  const { dev, bus } = sought.device.target;
  const device = live.devices.disks.find((it) => it.target.dev === dev && it.target.bus === bus);
  return device === undefined ? undefined : { kind: 'disks', device };
}

async function detach(driver: QemuDriver, domain: QemuDomain, wanted: Wanted, call: Call): Promise<void> {
  const { newUuid } = driver.parts;
  await change(driver, domain, call, {
    ...wanted,
    known: flag.live | flag.config,
    config: (definition) => detachConfig(definition, soughtDevice(definition, wanted.xml, newUuid)),
    live(job, live) {
      const sought = soughtDevice(live, wanted.xml, newUuid);
      requireUnpluggableKind(sought);
      return detachLive(driver, domain, job, findDevice(live, sought), true);
    },
  });
}

async function update(driver: QemuDriver, domain: QemuDomain, wanted: Wanted, call: Call): Promise<void> {
  const { newUuid } = driver.parts;
  const isForce = (wanted.flags & flag.force) !== 0;
  await change(driver, domain, call, {
    ...wanted,
    known: flag.live | flag.config | flag.force,
    async config(definition) {
      const sought = soughtDevice(definition, wanted.xml, newUuid);
      await checkOthers(driver, definition, wanted.xml, sought.kind, call, () =>
        requireUpdatable(sought.kind),
      );
      return updateConfig(definition, sought);
    },
    async live(job, live) {
      const sought = soughtDevice(live, wanted.xml, newUuid);
      await checkOthers(driver, live, wanted.xml, sought.kind, call, () => requireLiveUpdatable(sought.kind));
      await updateLive(driver, domain, job, { found: updated(live, sought), wanted: sought, isForce });
    },
  });
}

/** What is refused for its kind is refused after it has been read: what is wrong with it is said first. */
async function checkOthers(
  driver: QemuDriver,
  domain: Domain,
  xml: string,
  kind: DeviceKind,
  call: Call,
  require: () => void,
): Promise<void> {
  try {
    require();
  } catch (error) {
    const caps = await driver.capabilitiesOf(domain, call.signal);
    driver.parts.planner.insertConfig(withDevices(domain, kind, []), xml, caps);
    throw error;
  }
}

/** The device that changes: of displays there is one of a type. */
function updated(live: Domain, sought: PluggedDevice): PluggedDevice {
  if (sought.kind !== 'graphics') return findDevice(live, sought);
  const device = live.devices.graphics.find((it) => it.type === sought.device.type);
  if (device !== undefined) return { kind: 'graphics', device };
  throw VirError.of(
    'DEVICE_MISSING',
    `cannot find existing graphics device to modify of type '${sought.device.type}'`,
  );
}

/** Changes the definitions that the flags name: what is refused for one is refused for both. */
async function change(driver: QemuDriver, domain: QemuDomain, call: Call, wanted: Change): Promise<void> {
  const { api, flags, known } = wanted;
  checkFlags(api, flags, known, 'QEMU');
  await domain.withJob({ kind: 'modify', owner: api, signal: call.signal }, async (job) => {
    const impact = impactOf(flags, domain);
    const { persistent } = domain;
    const next = impact.config && persistent !== undefined ? await wanted.config(persistent) : undefined;
    if (impact.live && domain.live !== undefined) await wanted.live(domain.liveJob(job), domain.live);
    if (next === undefined) return;
    await saveDefinition(driver, domain, next, domainFileHeader);
    domain.setPersistent(parsedDefinition(next));
  });
}
