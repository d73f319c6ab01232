import { type DomainState, parseDomainState } from '@modvirt/core/hypervisor';
import type { Domain } from '@modvirt/core/schema';
import { type DomainStatus, parseDomainStatus, type ReadDomainStatusOptions } from './domain-status.js';

/** What a status file says of a guest. */
export interface SavedStatus {
  readonly state: DomainState;
  readonly pid: number;
  readonly monitorPath: string;
  readonly taints: readonly string[];
  readonly capabilityFlags: readonly string[];
  readonly fakeReboot: boolean;
  readonly agentTimeout: number;
  readonly privateDirectory: string | undefined;
  readonly channelDirectory: string | undefined;
  readonly id: number;
  readonly domain: Domain;
  /** What was being done to the guest. */
  readonly longJob: NonNullable<DomainStatus['job']>['async'] | undefined;
  /** What is kept for whoever comes next, though we do not ask for it. */
  readonly carried: CarriedStatus;
}

/** Parts of the file that go back into it as they were. */
export type CarriedStatus = Partial<
  Pick<
    DomainStatus,
    | 'deprecations'
    | 'dbusDaemon'
    | 'dbusVMState'
    | 'namespaces'
    | 'lockstate'
    | 'numad'
    | 'memoryBackingDir'
    | 'cpu'
    | 'chardevStdioLogd'
    | 'rememberOwner'
    | 'allowReboot'
    | 'prDaemon'
    | 'nodename'
    | 'fdset'
    | 'memPrealloc'
    | 'slirp'
    | 'originalMemlock'
    | 'preMigrationMemlock'
  >
>;

/** @throws VirError or Error when the text is no status file, or one without what is needed to find the guest */
export function readStatus(text: string, options: ReadDomainStatusOptions): SavedStatus {
  const read = parseDomainStatus(text, options);
  const { state: word, reason, pid, monitor, taints, vcpus, qemuCaps, job, ...others } = read;
  const {
    fakereboot,
    devices,
    libDir,
    channelTargetDir,
    blockjobs,
    agentTimeout,
    backups,
    domain,
    ...carried
  } = others;
  const state = parseDomainState(word, reason);
  if (state === undefined) throw new Error(`the status file says '${word}' of the guest's state`);
  return {
    state,
    pid,
    monitorPath: monitor.path,
    domain,
    id: domain.id ?? -1,
    taints: taints.map((it) => it.flag),
    capabilityFlags: qemuCaps.map((it) => it.name),
    fakeReboot: fakereboot === true,
    agentTimeout,
    privateDirectory: libDir,
    channelDirectory: channelTargetDir,
    longJob: job?.async,
    carried,
  };
}
