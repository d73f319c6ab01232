import type { Call } from '@modvirt/core/driver';
import type { EventLog } from '@modvirt/core/events';
import {
  type CgroupLayout,
  checkFlags,
  DomainList,
  DomainNotifier,
  type DomainObject,
  type FormatOptions,
  type Host,
  type HypervisorDriver,
  type ParseOptions,
  SessionTies,
  type StartRequest,
} from '@modvirt/core/hypervisor';
import type { Job, Scope } from '@modvirt/core/jobs';
import { DefinitionStore } from '@modvirt/core/objects';
import type {
  ByteChannel,
  CgroupFiles,
  Clock,
  Descriptors,
  Files,
  GuestLogs,
  Logger,
  Processes,
} from '@modvirt/core/ports';
import { type Domain, formatDomain, parseDomain } from '@modvirt/core/schema';
import type { DriverPaths } from '@modvirt/core/uri';
import type { Uuid } from '@modvirt/core/wire';
import type { ContainerDomain, ContainerRuntime } from './container-runtime.js';
import type { VirtualNetworks } from './network-daemon.js';
import { completeContainer } from './plan/post-parse.js';
import { validateContainer } from './plan/validate.js';
import type { HostNames } from './process/network/host-names.js';
import { saveStatus } from './status/status-file.js';

/** Sockets between us and supervisors. */
export interface SupervisorSockets {
  /** A listening socket that a supervisor inherits. The caller closes the descriptor. */
  listen(path: string): number;
  connect(path: string, signal: AbortSignal): Promise<ByteChannel>;
  /** One end for us, the other for a child. The caller closes the descriptor. */
  pair(): { readonly ours: ByteChannel; readonly theirs: number };
  /** A file or namespace, to be handed on. The caller closes the descriptor. */
  open(path: string): Promise<number>;
  attachTerminal(path: string): Promise<ByteChannel>;
}

export interface LxcDriverParts {
  readonly paths: DriverPaths;
  readonly files: Files;
  readonly kernel: CgroupFiles;
  readonly clock: Clock;
  readonly log: Logger;
  readonly scope: Scope;
  readonly events: EventLog;
  readonly guestLogs: GuestLogs;
  readonly processes: Processes;
  readonly descriptors: Descriptors;
  readonly sockets: SupervisorSockets;
  readonly machine: Host;
  readonly layout: CgroupLayout;
  readonly networks: VirtualNetworks;
  readonly hostNames: HostNames;
  /** The supervisor's program. */
  readonly supervisor: string;
  readonly host: { hostname(): string; kernel(): string };
  readonly version: string;
  newUuid(): Uuid;
  randomBytes(count: number): Uint8Array;
  /** Carries out a start. What does so needs the driver, so the composition root brings the two together. */
  startContainer(
    driver: LxcDriver,
    job: Job,
    domain: ContainerDomain,
    request: StartRequest,
    call: Call | undefined,
  ): Promise<void>;
}

type Mac = NonNullable<Domain['devices']['interfaces'][number]['mac']>['address'];

/** Below the number that guests of every hypervisor have theirs from. */
function newMac(randomBytes: (count: number) => Uint8Array): Mac {
  const own = [...randomBytes(3)].map((it) => it.toString(16).padStart(2, '0'));
  return `52:54:00:${own.join(':')}` as Mac;
}

/** What the daemon holds: its ports and its containers. */
export class LxcDriver implements HypervisorDriver<Domain, ContainerRuntime> {
  readonly parts: LxcDriverParts;
  readonly domains: DomainList<Domain, ContainerRuntime>;
  readonly store: DefinitionStore;
  readonly notifier: DomainNotifier;
  readonly errorDomain = 'LXC';
  readonly sessionTies = new SessionTies();

  constructor(parts: LxcDriverParts) {
    this.parts = parts;
    this.domains = new DomainList(parts.clock, 'No domain');
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

  /** @throws VirError in libvirt's words: malformed, wrong, or no container */
  async parse(xml: string, options: ParseOptions): Promise<Domain> {
    const { newUuid, machine } = this.parts;
    return parseDomain(xml, {
      newUuid,
      inactive: true,
      validate: options.validate,
      postParse: (domain) =>
        completeContainer(domain, machine.reader.arch, () => newMac(this.parts.randomBytes)),
      driverCheck: validateContainer,
    });
  }

  format(definition: Domain, domain: DomainObject<Domain, ContainerRuntime>, options: FormatOptions): string {
    const text = options.inactive
      ? definition
      : { ...definition, ...(domain.isActive ? { id: domain.id } : {}) };
    return formatDomain(text, { ...options, status: false });
  }

  renamed(definition: Domain, name: string): Domain {
    return { ...definition, name };
  }

  saveStatus(domain: ContainerDomain): Promise<void> {
    return saveStatus(this.parts, domain);
  }

  checkLifecycle(): void {
    // Whatever a definition says of a container's end can be done.
  }

  start(job: Job, domain: ContainerDomain, request: StartRequest, call: Call | undefined): Promise<void> {
    return this.parts.startContainer(this, job, domain, request, call);
  }

  async beforeUndefine(_job: Job, _domain: ContainerDomain, flags: number): Promise<void> {
    checkFlags('virDomainUndefineFlags', flags, 0, this.errorDomain);
  }
}
