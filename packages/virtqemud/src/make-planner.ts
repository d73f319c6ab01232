import { createCipheriv, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { arch } from 'node:os';
import type { QemuConfig } from '@modvirt/core/config';
import { VirError } from '@modvirt/core/errors';
import type { Clock } from '@modvirt/core/ports';
import type { Domain } from '@modvirt/core/schema';
import type { DriverPaths } from '@modvirt/core/uri';
import type { Uuid } from '@modvirt/core/wire';
import { type CpuSources, knownCpus } from './capabilities/known-cpus.js';
import { installedFirmware } from './firmware-files.js';
import { assignAddresses } from './plan/address/assign-addresses.js';
import { countingDescriptors } from './plan/command/descriptor-numbers.js';
import type { FirmwareChoices, HostFacts, PlanContext, ScsiAddress } from './plan/context.js';
import { assignAliases } from './plan/definition/assign-aliases.js';
import { nameDisk, nameNodes } from './plan/definition/name-nodes.js';
import { insertDevice } from './plan/hotplug/insert-device.js';
import { insertLive } from './plan/hotplug/insert-live.js';
import { planMedium, planPlug } from './plan/hotplug/plug-device.js';
import { planLaunch } from './plan/plan-launch.js';
import { postParse } from './plan/post-parse/post-parse.js';
import { prepareStart } from './plan/prepare-start.js';
import type { QemuCaps } from './plan/qemu-caps.js';
import { validate } from './plan/validate/validate.js';
import { planConfig } from './plan-config.js';
import type { Planner } from './planner.js';
import type { DisplayPorts } from './process/display-ports.js';

export interface PlannerParts {
  readonly paths: DriverPaths;
  readonly clock: Clock;
  readonly conf: QemuConfig;
  readonly ports: DisplayPorts;
  readonly cpus: CpuSources;
}

/** The planner of this host: what is decided purely, with this host's facts. */
export function makePlanner(parts: PlannerParts): Planner {
  const config = planConfig(parts.conf, parts.paths);
  const host = hostFacts();
  let firmware: FirmwareChoices | undefined;
  const context = (caps: QemuCaps, id: number): PlanContext => ({
    caps,
    host,
    config,
    id,
    random: { bytes: (count) => randomBytes(count), uuid: () => randomUUID() as string as Uuid },
    secrets: {
      value: (ref) => {
        throw VirError.of('NO_SECRET', `no secret with matching usage '${ref.usage ?? ref.uuid ?? ''}'`);
      },
      seal: (value) => seal(value),
    },
    descriptors: countingDescriptors(),
    tpmSocket: (domain) => `${parts.paths.state}/swtpm/${id}-${domain.name}-swtpm.sock`,
    displayPort: (kind) => parts.ports.take(kind, id),
    vsockCid: () => FIRST_GUEST_CID + id,
    // Looked for when the first definition is read.
    get firmware() {
      firmware ??= installedFirmware();
      return firmware;
    },
    cpus: knownCpus(caps, parts.cpus),
    descriptorGroup: () => undefined,
    servesByNbdkit: () => false,
    volumes: {
      placeOf({ pool }) {
        throw VirError.of('NO_STORAGE_POOL', pool);
      },
    },
    networks: { plugOf: () => undefined, addressOf: () => undefined },
    now: Math.floor(parts.clock.now() / 1000),
    abiUpdate: true,
  });
  return {
    complete(domain, caps) {
      const cx = context(caps, -1);
      return assignAddresses(postParse(domain, cx), cx);
    },
    check: (domain, caps) => validate(domain, context(caps, -1)),
    launch(domain: Domain, caps, id, incoming) {
      const cx = { ...context(caps, id), incoming };
      const named = nameNodes(assignAliases(prepareStart(domain, cx)), cx);
      return { live: named.domain, plan: planLaunch(named.domain, cx), lastNode: named.last };
    },
    insertLive: (live, xml, caps, { id, lastNode }) => insertLive(live, xml, context(caps, id), lastNode),
    insertConfig(domain, xml, caps) {
      const cx = context(caps, -1);
      return insertDevice(domain, xml, {
        isLive: false,
        newUuid: () => cx.random.uuid(),
        complete: (it) => assignAddresses(postParse(it, cx), cx),
        check: (it) => validate(it, cx),
      });
    },
    plug: (live, devices, caps, id) => planPlug(live, devices, context(caps, id)),
    medium: (live, disk, caps, id) => planMedium(live, disk, context(caps, id)),
    nameDisk: (disk, caps, last) => nameDisk(disk, context(caps, -1), last),
  };
}

/** Context IDs below are the hypervisor's, the host's and one that is reserved. */
const FIRST_GUEST_CID = 3;

// Secrets of a command line are sealed by the guest's master key. Until virtsecretd brings secrets there are none to seal.
function seal(value: Uint8Array): { data: string; iv: string } {
  const [key, iv] = [randomBytes(32), randomBytes(16)];
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  return {
    data: Buffer.concat([cipher.update(value), cipher.final()]).toString('base64'),
    iv: iv.toString('base64'),
  };
}

const ARCHES: Readonly<Record<string, string>> = {
  x64: 'x86_64',
  arm64: 'aarch64',
  riscv64: 'riscv64',
  s390x: 's390x',
};

function hostFacts(): HostFacts {
  return {
    arch: ARCHES[arch()] ?? arch(),
    pageSizeKiB: 4n,
    numaNodes: numaNodes(),
    utcOffsetSeconds: -new Date().getTimezoneOffset() * 60,
    scsiGenericPath,
    renderNode: '/dev/dri/renderD128',
    tpmCancelPath: (device) => `/sys/class/tpm/${device.split('/').at(-1) ?? ''}/device/cancel`,
    isPciExpress: (address) => pciConfigIsExtended(address),
    isCdrom: (path) => /^\/dev\/(sr\d|cdrom)/.test(path),
    environment: (name) => process.env[name],
  };
}

/** Host devices on SCSI adapters are named by the kernel's directory of the generic driver. */
function scsiGenericPath(adapter: string, address: ScsiAddress | undefined): string {
  const host = /^scsi_host(\d+)$/.exec(adapter)?.[1];
  if (host === undefined || address === undefined) {
    throw VirError.of('INTERNAL_ERROR', `Cannot parse adapter '${adapter}'`);
  }
  const device = `${host}:${address.bus}:${address.target}:${address.unit}`;
  const [name] = readdirSync(`/sys/bus/scsi/devices/${device}/scsi_generic`);
  return `/dev/${name}`;
}

function numaNodes(): number[] {
  const directory = '/sys/devices/system/node';
  if (!existsSync(directory)) return [0];
  return readdirSync(directory)
    .map((name) => /^node(\d+)$/.exec(name)?.[1])
    .filter((number) => number !== undefined)
    .map(Number)
    .sort((one, other) => one - other);
}

/** A PCI Express device has 4096 bytes of configuration space, an old one 256. */
function pciConfigIsExtended(address: string): boolean | undefined {
  const file = `/sys/bus/pci/devices/${address}/config`;
  return existsSync(file) ? statSync(file).size > 256 : undefined;
}
