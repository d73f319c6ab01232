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
import { withNumbers } from './plan/block/chain-of-disk.js';
import { countingDescriptors } from './plan/command/descriptor-numbers.js';
import type { FirmwareChoices, HostFacts, PlanContext, PlanSecrets, ScsiAddress } from './plan/context.js';
import { assignAliases } from './plan/definition/assign-aliases.js';
import { nameDisk, nameNodes } from './plan/definition/name-nodes.js';
import { withoutNetworks } from './plan/export-command.js';
import { insertDevice } from './plan/hotplug/insert-device.js';
import { insertLive } from './plan/hotplug/insert-live.js';
import { planMedium, planPlug } from './plan/hotplug/plug-device.js';
import { type AskedFacts, nothingAsked, secretKey, volumeKey } from './plan/needed-facts.js';
import { planLaunch } from './plan/plan-launch.js';
import { postParse } from './plan/post-parse/post-parse.js';
import { prepareStart } from './plan/prepare-start.js';
import type { QemuCaps } from './plan/qemu-caps.js';
import { validate } from './plan/validate/validate.js';
import { planConfig } from './plan-config.js';
import type { Launch, PlannedStart, Planner } from './planner.js';
import type { DisplayPorts } from './process/display-ports.js';

export interface PlannerParts {
  readonly paths: DriverPaths;
  readonly clock: Clock;
  readonly conf: QemuConfig;
  readonly ports: DisplayPorts;
  readonly cpus: CpuSources;
}

type MakeContext = (caps: QemuCaps, start: PlannedStart) => PlanContext;

/** What decisions rest on: this host's facts, and those of one start. */
function contextMaker(parts: PlannerParts): MakeContext {
  const config = planConfig(parts.conf, parts.paths);
  const host = hostFacts();
  let firmware: FirmwareChoices | undefined;
  return (caps, { id, plugs, addresses, asked = nothingAsked }) => ({
    caps,
    host,
    config,
    id,
    random: { bytes: (count) => randomBytes(count), uuid: () => randomUUID() as string as Uuid },
    secrets: planSecrets(asked),
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
      placeOf(volume) {
        const place = asked.volumes.get(volumeKey(volume));
        if (place !== undefined) return place;
        throw VirError.of('NO_STORAGE_POOL', `no storage pool with matching name '${volume.pool}'`);
      },
    },
    networks: {
      plugOf: (_net, position) => plugs.get(position),
      addressOf: (network) => addresses.get(network),
    },
    now: Math.floor(parts.clock.now() / 1000),
    abiUpdate: true,
  });
}

/** The planner of this host: what is decided purely, with this host's facts. */
export function makePlanner(parts: PlannerParts): Planner {
  const context = contextMaker(parts);
  return {
    complete(domain, caps) {
      const cx = context(caps, NO_START);
      return assignAddresses(postParse(domain, cx), cx);
    },
    check: (domain, caps) => validate(domain, context(caps, NO_START)),
    launch(domain, caps, start) {
      const { live, ...planned } = launched(domain, { ...context(caps, start), incoming: start.incoming });
      const disks = withNumbers(live.devices.disks);
      return { ...planned, live: { ...live, devices: { ...live.devices, disks } } };
    },
    pretend(domain, caps) {
      const displayPort: PlanContext['displayPort'] = (kind) => PRETENDED_PORTS[kind];
      const cx = {
        ...context(caps, NO_START),
        displayPort,
        vsockCid: () => FIRST_GUEST_CID,
        standalone: true,
      };
      return launched(assignAddresses(withoutNetworks(domain), cx), cx);
    },
    insertLive: (live, xml, caps, { id, lastNode }) =>
      insertLive(live, xml, context(caps, running(id)), lastNode),
    insertConfig(domain, xml, caps) {
      const cx = context(caps, NO_START);
      return insertDevice(domain, xml, {
        isLive: false,
        newUuid: () => cx.random.uuid(),
        complete: (it) => assignAddresses(postParse(it, cx), cx),
        check: (it) => validate(it, cx),
      });
    },
    plug: (live, devices, caps, id) => planPlug(live, devices, context(caps, running(id))),
    medium: (live, disk, caps, id) => planMedium(live, disk, context(caps, running(id))),
    nameDisk: (disk, caps, last) => nameDisk(disk, context(caps, NO_START), last),
  };
}

/** Ports of displays in command lines that are only shown. */
const PRETENDED_PORTS = { vnc: 5900, websocket: 5700, spice: 5901, 'spice-tls': 5902 } as const;

function launched(domain: Domain, cx: PlanContext): Launch {
  const named = nameNodes(assignAliases(prepareStart(domain, cx)), cx);
  return { live: named.domain, plan: planLaunch(named.domain, cx), lastNode: named.last };
}

/** Documents are read for no start in particular. */
const NO_START: PlannedStart = { id: -1, plugs: new Map(), addresses: new Map() };

/** Devices come and go while no start is planned. */
const running = (id: number): PlannedStart => ({ ...NO_START, id });

/** Context IDs below are the hypervisor's, the host's and one that is reserved. */
const FIRST_GUEST_CID = 3;

/** Secrets of a command line are sealed by a key that this run of the guest alone has. */
function planSecrets(asked: AskedFacts): PlanSecrets {
  const masterKey = randomBytes(32);
  return {
    masterKey,
    value(ref) {
      const value = asked.secrets.get(secretKey(ref));
      if (value !== undefined) return value;
      throw VirError.of('NO_SECRET', `no secret with matching usage '${ref.usage ?? ref.uuid ?? ''}'`);
    },
    seal(value) {
      const iv = randomBytes(16);
      const cipher = createCipheriv('aes-256-cbc', masterKey, iv);
      const data = Buffer.concat([cipher.update(value), cipher.final()]);
      return { data: data.toString('base64'), iv: iv.toString('base64') };
    },
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
    hasDevice: (path) => existsSync(path),
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
  const directory = `/sys/bus/scsi/devices/${device}/scsi_generic`;
  if (!existsSync(directory)) {
    throw VirError.of('SYSTEM_ERROR', `cannot open directory '${directory}': No such file or directory`);
  }
  const [name] = readdirSync(directory);
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
