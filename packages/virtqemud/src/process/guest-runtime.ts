import type { Process } from '@modvirt/core/ports';
import { domainAgentResponseTimeout } from '@modvirt/core/protocol/constants';
import type { GuestAgent } from '../agent/guest-agent.js';
import type { Monitor, MonitorEvent } from '../monitor/monitor.js';
import type { CarriedStatus } from '../status/read-status.js';
import type { Taint } from './taints.js';

/** What the daemon holds for a guest that runs. All of it can be built again from the status file. */
export interface GuestRuntime {
  readonly process: Process;
  readonly monitor: Monitor;
  readonly monitorPath: string;
  /** `domain-ID-NAME` below the library directory: private to this run of the guest. */
  readonly privateDirectory: string;
  readonly channelDirectory: string;
  /** libvirt's names of the capabilities that the command line relied on. */
  readonly capabilityFlags: readonly string[];
  readonly emulator: string;
  vcpuThreads: readonly { readonly id: number; readonly threadId: number }[];
  /** Aliases that QEMU reported: an unplug that nobody saw shows as a difference. */
  deviceAliases: readonly string[];
  /** The next orderly end of the guest is a reboot: reset it instead of ending it. */
  fakeReboot: boolean;
  /** The guest has said that it ends. */
  gotShutdown: boolean;
  /** We are ending it: the end of the monitor is expected, and this is the reason. */
  ending: StopCause | undefined;
  agentConnected: boolean;
  /** Made when it is first asked. */
  agent: GuestAgent | undefined;
  /** How long its answers may take: seconds, or one of libvirt's special values. */
  agentTimeout: number;
  /** Why nobody can vouch for it. */
  readonly taints: Set<Taint>;
  /** Whoever waits for an event. */
  readonly listeners: Set<(event: MonitorEvent) => void>;
  /** What goes on that a later run of the daemon must end. */
  longJob: 'save' | 'dump' | undefined;
  /** What the status file has besides: from whoever started the guest, or to hand on to whoever comes next. */
  carried: CarriedStatus;
  /** Called when the guest begins to end or to begin again. */
  onEndBegun: (() => void) | undefined;
  /** Files and devices of volumes that its disks are on. */
  volumePaths: readonly string[];
}

/** What is so at the beginning, and after we have been away. */
export const quietRuntime = {
  fakeReboot: false,
  gotShutdown: false,
  ending: undefined,
  agentConnected: false,
  agent: undefined,
  longJob: undefined,
  agentTimeout: domainAgentResponseTimeout.block,
  carried: {},
  onEndBegun: undefined,
  volumePaths: [],
} as const satisfies Partial<GuestRuntime>;

/** Why a guest ended, as far as it decides state and event. */
export type StopCause = 'destroyed' | 'shutdown' | 'failed' | 'crashed' | 'saved' | 'migrated' | 'daemon';
