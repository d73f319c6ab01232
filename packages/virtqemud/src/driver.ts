import { ARCHITECTURES } from '@modvirt/core/cpu';
import type { Call } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import type { EventLog } from '@modvirt/core/events';
import {
  type DeviceNames,
  DomainList,
  DomainNotifier,
  type DomainObject,
  type FormatOptions,
  type Host,
  type HostFirmware,
  type HypervisorDriver,
  type NetworkService,
  type ParseOptions,
  type SecurityModel,
  SessionTies,
  type StartRequest,
} from '@modvirt/core/hypervisor';
import type { Job, Scope } from '@modvirt/core/jobs';
import { DefinitionStore } from '@modvirt/core/objects';
import type {
  ByteChannel,
  Clock,
  Files,
  GuestLogs,
  ImageProbe,
  Links,
  Logger,
  UserIds,
} from '@modvirt/core/ports';
import { type Domain, formatDomain, parseDomainNode } from '@modvirt/core/schema';
import type { DriverPaths } from '@modvirt/core/uri';
import type { Uuid } from '@modvirt/core/wire';
import { attributeOf, childOf, readXml, textOf, type XmlElement } from '@modvirt/core/xml';
import type { CapabilityCache } from './capabilities/capability-cache.js';
import type { Emulators } from './capabilities/emulators.js';
import type { KvmProbe } from './capabilities/kvm-probe.js';
import type { ProbedCaps } from './capabilities/probed-caps.js';
import type { TargetSource } from './capabilities/target.js';
import type { TargetFacts } from './capabilities/target-facts.js';
import type { FactSources } from './neighbours/ask-facts.js';
import { migratableForm } from './plan/definition/migratable-form.js';
import { validateLifecycle } from './plan/validate/lifecycle.js';
import type { Planner } from './planner.js';
import type { DisplayPorts } from './process/display-ports.js';
import type { GuestRuntime } from './process/guest-runtime.js';
import { removeKeptState } from './process/kept-state.js';
import type { StartOptions } from './process/launch-guest.js';
import type { LaunchLogContext } from './process/launch-log.js';
import type { Ownership } from './process/ownership.js';
import type { QemuDomain } from './process/qemu-domain.js';
import type { StartPorts } from './process/start-ports.js';
import { LongJobs } from './save/long-jobs.js';
import { saveStatus } from './status/status-file.js';

export interface HostIdentity {
  hostname(): string;
  kernel(): string;
}

/** Ways to the devices of guests that clients talk with. */
export interface ConsolePorts {
  attach(terminal: string): Promise<ByteChannel>;
  connect(socket: string, signal: AbortSignal): Promise<ByteChannel>;
}

export interface QemuDriverParts {
  readonly paths: DriverPaths;
  readonly files: Files;
  readonly clock: Clock;
  readonly log: Logger;
  readonly scope: Scope;
  readonly events: EventLog;
  readonly guestLogs: GuestLogs;
  readonly images: ImageProbe;
  readonly startPorts: StartPorts;
  readonly capabilities: CapabilityCache;
  readonly planner: Planner;
  /** The daemons that own what guests use. */
  readonly facts: FactSources;
  readonly displayPorts: DisplayPorts;
  readonly host: HostIdentity;
  /** The machine that guests run on. */
  readonly machine: Host;
  readonly firmware: HostFirmware;
  readonly emulators: Emulators;
  readonly targetFacts: TargetFacts;
  readonly kvm: KvmProbe;
  readonly consoles: ConsolePorts;
  readonly version: string;
  /** Whom guests run as; undefined: as ourselves. */
  readonly guestUser: UserIds | undefined;
  readonly ownership: Ownership;
  /** How saved guests and dumps are packed, in qemu.conf's words. */
  readonly imageFormats: { readonly save: string; readonly dump: string };
  /** Who has virtual networks. */
  readonly networks: NetworkService;
  readonly links: Links;
  readonly deviceNames: DeviceNames;
  /** Of every guest's process. */
  readonly limits: StartOptions['limits'];
  newUuid(): Uuid;
  /** Told whenever guests have begun or ended. It needs the driver, as starts do. */
  readonly networkWatch: { update(driver: QemuDriver): void };
  /** Carries out a start. What does so needs the driver, so the composition root brings the two together. */
  startDomain(
    driver: QemuDriver,
    job: Job,
    domain: QemuDomain,
    request: StartRequest,
    call: Call | undefined,
  ): Promise<void>;
}

/** What the daemon holds: its ports, its domains, and the emulators that it knows. */
export class QemuDriver implements HypervisorDriver<Domain, GuestRuntime> {
  readonly parts: QemuDriverParts;
  readonly domains: DomainList<Domain, GuestRuntime>;
  readonly store: DefinitionStore;
  readonly notifier: DomainNotifier;
  readonly errorDomain = 'QEMU';
  /** How long the agent of a domain may take, for the runs to come as well. */
  readonly agentTimeouts = new WeakMap<QemuDomain, number>();
  /** What takes its time, and the last that did. */
  readonly longJobs: LongJobs;
  readonly sessionTies = new SessionTies();

  constructor(parts: QemuDriverParts) {
    this.parts = parts;
    this.domains = new DomainList(parts.clock);
    this.longJobs = new LongJobs(parts.clock);
    this.notifier = new DomainNotifier(parts.events);
    this.store = new DefinitionStore(
      { directory: parts.paths.definitions, autostartDirectory: parts.paths.autostart, kind: 'domain' },
      parts.files,
      parts.log,
    );
  }

  get log(): Logger {
    return this.parts.log;
  }

  get clock(): Clock {
    return this.parts.clock;
  }

  get scope(): Scope {
    return this.parts.scope;
  }

  /** @throws VirError in libvirt's words: malformed, wrong, or impossible with the emulator it names */
  async parse(xml: string, options: ParseOptions, signal: AbortSignal): Promise<Domain> {
    const { newUuid, planner, capabilities } = this.parts;
    const node = readXml(xml, { source: 'domain_definition', domain: 'DOMAIN' });
    const { emulator, arch } = emulatorNamedIn(node);
    const caps = await capabilities.get(emulator ?? (await this.#emulatorFor(arch, signal)), signal);
    await this.parts.machine.knowCpus();
    return parseDomainNode(node, {
      newUuid,
      inactive: true,
      validate: options.validate,
      postParse: (domain) => planner.complete(domain, caps),
      driverCheck: (domain) => planner.check(domain, caps),
    });
  }

  format(definition: Domain, domain: DomainObject<Domain, GuestRuntime>, options: FormatOptions): string {
    const isMigratable = options.migratable;
    const shown = isMigratable ? migratableForm(definition, domain.runtime?.carried.cpu) : definition;
    const text = options.inactive || !domain.isActive ? shown : { ...shown, id: domain.id };
    return formatDomain(text, { ...options, status: false });
  }

  renamed(definition: Domain, name: string): Domain {
    return { ...definition, name };
  }

  saveStatus(domain: QemuDomain): Promise<void> {
    return saveStatus(this, domain);
  }

  checkLifecycle(definition: Domain): void {
    validateLifecycle(definition);
  }

  start(job: Job, domain: QemuDomain, request: StartRequest, call: Call | undefined): Promise<void> {
    return this.parts.startDomain(this, job, domain, request, call);
  }

  beforeUndefine(_job: Job, domain: QemuDomain, flags: number): Promise<void> {
    return removeKeptState(this, domain, flags);
  }

  /** What the emulator of a domain can do; what plans ask of CPUs is known from then on. */
  async capabilitiesOf(domain: Domain, signal: AbortSignal): Promise<ProbedCaps> {
    const { emulator = await this.#emulatorFor(domain.os.type?.arch, signal) } = domain.devices;
    await this.parts.machine.knowCpus();
    return this.parts.capabilities.get(emulator, signal);
  }

  /** @throws VirError CONFIG_UNSUPPORTED when there is none for guests of this architecture */
  async #emulatorFor(arch: string | undefined, signal: AbortSignal): Promise<string> {
    const { emulators, machine, capabilities } = this.parts;
    const found = await emulators.find(arch, signal);
    if (found !== undefined) return found;
    // An architecture that is none is refused when the definition is read.
    const wanted = arch ?? machine.reader.arch;
    if (!ARCHITECTURES.has(wanted)) return capabilities.defaultEmulator(undefined);
    throw VirError.of('CONFIG_UNSUPPORTED', `No emulator found for arch '${wanted}'`, { domain: 'QEMU' });
  }

  /** What the host's own emulator can do. */
  hostCapabilities(signal: AbortSignal): Promise<ProbedCaps> {
    return this.parts.capabilities.get(this.parts.capabilities.defaultEmulator(undefined), signal);
  }

  /** Where kinds of guests are looked up. */
  get targets(): TargetSource {
    const { emulators, capabilities, machine } = this.parts;
    return { emulators, capabilities, hostArch: machine.reader.arch };
  }

  /** Who labels what guests use: nobody, and the owners of files where guests have a user of their own. */
  get securityModels(): readonly SecurityModel[] {
    const none = { model: 'none', doi: '0', baselabels: [] };
    const { guestUser } = this.parts;
    if (guestUser === undefined) return [none];
    const label = `+${guestUser.uid}:+${guestUser.gid}`;
    const baselabels = ['kvm', 'qemu'].map((type) => ({ type, label }));
    return [none, { model: 'dac', doi: '0', baselabels }];
  }

  startOptions(name: string, caps: ProbedCaps, taps: StartOptions['taps']): StartOptions {
    return {
      taps,
      name,
      user: this.parts.guestUser,
      logContext: this.logContext(caps),
      limits: this.parts.limits,
      monitorTimeoutMs: MONITOR_MS,
    };
  }

  private logContext(caps: ProbedCaps): LaunchLogContext {
    const { version, host } = this.parts;
    return {
      version,
      emulatorVersion: versionText(caps.version) + caps.probed.package,
      kernel: host.kernel(),
      hostname: host.hostname(),
    };
  }
}

/** How long QEMU may take from its start to a monitor that answers. */
const MONITOR_MS = 30_000;

/** `7.2.22` for 7002022. */
export function versionText(version: number): string {
  return [Math.trunc(version / 1_000_000), Math.trunc(version / 1000) % 1000, version % 1000].join('.');
}

/** What decides whose capabilities a definition is completed with, before it is read as a whole. */
function emulatorNamedIn(root: XmlElement): {
  readonly emulator: string | undefined;
  readonly arch: string | undefined;
} {
  const devices = childOf(root, 'devices');
  const emulator = devices && childOf(devices, 'emulator');
  const os = childOf(root, 'os');
  const type = os && childOf(os, 'type');
  return {
    emulator: emulator && textOf(emulator),
    arch: type && attributeOf(type, 'arch'),
  };
}
