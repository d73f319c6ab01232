import type { Native } from '@modvirt/native';
import type { UnixSockets } from '../adapters/unix-sockets.js';
import type { ConfigKeys, ConfigValues } from '../config/config-key.js';
import type { Driver } from '../driver/driver.js';
import type { EventLog } from '../events/event-log.js';
import type { Scope } from '../jobs/scope.js';
import type { ByteChannel } from '../ports/byte-channel.js';
import type { Clock } from '../ports/clock.js';
import type { Descriptors } from '../ports/descriptors.js';
import type { Listener } from '../ports/listener.js';
import type { Logger } from '../ports/logger.js';
import type { ServiceManager } from '../ports/service-manager.js';
import type { ServerCounts } from '../rpc/rpc-server.js';
import type { BasePaths } from '../uri/paths.js';
import type { DaemonArgs } from './daemon-args.js';
import type { LogControl } from './log-control.js';

/** A socket beside the native one. */
export interface ListenPlan {
  /** Under which systemd hands it over, e.g. `virtproxyd.socket`. */
  readonly name: string;
  /** Where it is made when systemd did not. */
  readonly path: string;
  readonly mode?: number;
  readonly gid?: number;
  readonly backlog?: number;
  onChannel(channel: ByteChannel): void;
}

/** What the runtime gives to the part of a daemon that does its work. */
export interface DaemonContext<K extends ConfigKeys = ConfigKeys> {
  readonly name: string;
  readonly version: string;
  readonly args: DaemonArgs;
  readonly paths: BasePaths;
  readonly config: ConfigValues<K>;
  /** Keys that the file itself sets. */
  readonly configGiven: ReadonlySet<string>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly logControl: LogControl;
  readonly native: Native;
  readonly sockets: UnixSockets;
  readonly descriptors: Descriptors;
  readonly serviceManager: ServiceManager;
  /** Goes out to all subscribers of the native socket. */
  readonly events: EventLog;
  /** Background work; awaited when the daemon stops. Its signal aborts then. */
  readonly scope: Scope;
  readonly counts: ServerCounts;
  /** Keeps the daemon from ending as idle until the returned function is called. */
  hold(): () => void;
  /** Opens a socket and takes connections from it until the daemon stops. */
  listen(plan: ListenPlan): Listener;
  /** Begins to stop the daemon, as SIGTERM would. */
  shutdown(reason: string): void;
}

/** A daemon as its composition root describes it. */
export interface DaemonProgram<K extends ConfigKeys> {
  readonly name: string;
  readonly version: string;
  readonly configKeys: K;
  /** Names in the configuration directory, of which the first that exists is read; NAME.conf where absent. */
  readonly configFiles?: readonly string[];
  /** Names under which systemd may hand over the native socket; NAME-rpc.socket and NAME.socket where absent. */
  readonly nativeSocketNames?: readonly string[];
  setup(context: DaemonContext<K>): Driver | Promise<Driver>;
}
