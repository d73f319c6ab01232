import { NativeDescriptors, ownContracts, SystemClock, UnixSockets } from '@modvirt/core/adapters';
import { EventPayloads } from '@modvirt/core/events';
import type { Logger } from '@modvirt/core/ports';
import {
  lxcProgram,
  modvirtProgram,
  type Procedures,
  type Program,
  qemuProgram,
  remoteProgram,
} from '@modvirt/core/protocol';
import type { DaemonEvent, DaemonLink, EventGap, EventPosition, RemoteSession } from '@modvirt/core/rpc';
import { nativeSocketPath, systemPaths } from '@modvirt/core/uri';
import { loadNative } from '@modvirt/native';
import { connectDaemon } from './daemon-link.js';
import { type FullMethods, fullMethodsOf, type Methods, methodsOf } from './typed-methods.js';

export interface ConnectOptions {
  /** The daemon to speak to. */
  readonly daemon: string;
  /** Root of the installation; `/` where absent. */
  readonly root?: string;
  /** Its socket, in place of the one below `root`. */
  readonly socket?: string;
  /** What to open; `qemu:///system` and the like. */
  readonly uri: string;
  readonly readOnly?: boolean;
  readonly log?: Logger;
  /** Who we are, in the daemon's log. */
  readonly name?: string;
  readonly reconnectMs?: number;
}

export interface EventFilter {
  readonly signal: AbortSignal;
  readonly from?: EventPosition;
  readonly eventId?: number;
  readonly uuid?: string;
}

/** A daemon with a method for each procedure: `await connection.remote.domainSuspend({ dom })`. */
export interface Connection {
  readonly link: DaemonLink;
  readonly session: RemoteSession;
  readonly remote: Methods<(typeof remoteProgram)['procedures']>;
  readonly control: Methods<(typeof modvirtProgram)['procedures']>;
  /** Methods of another program. */
  program<P extends Procedures>(program: Program<P>): Methods<P>;
  /** Methods that also give the stream and the descriptors of a call. */
  full<P extends Procedures>(program: Program<P>): FullMethods<P>;
  /** Events about one kind of object; goes on over restarts of the daemon. */
  events(object: DaemonEvent['object'], filter: EventFilter): AsyncIterable<DaemonEvent | EventGap>;
  close(): Promise<void>;
}

/** Opens a connection to a daemon on this host. @throws VirError */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const link = linkTo(options);
  const { uri, readOnly = false } = options;
  try {
    return makeConnection(link, await link.openSession({ uri, readOnly }));
  } catch (error) {
    await link.close();
    throw error;
  }
}

/** A link to a daemon on this host over its native socket. */
export function linkTo(options: Omit<ConnectOptions, 'uri' | 'readOnly'>): DaemonLink {
  const { daemon, root = '/', name = 'client', reconnectMs } = options;
  const socket = options.socket ?? nativeSocketPath(systemPaths(root), daemon);
  const native = loadNative();
  const sockets = new UnixSockets(native);
  const payloads = new EventPayloads();
  return connectDaemon({
    daemon,
    address: socket,
    open: (signal) => sockets.connect(socket, signal),
    name,
    version: '',
    clock: new SystemClock(),
    descriptors: new NativeDescriptors(native),
    contracts: ownContracts([remoteProgram, qemuProgram, lxcProgram, modvirtProgram]),
    log: options.log ?? silent,
    checkEvent: (object, eventId, payload) => payloads.check(object, eventId, payload),
    ...(reconnectMs === undefined ? {} : { reconnectMs }),
  });
}

function makeConnection(link: DaemonLink, session: RemoteSession): Connection {
  return {
    link,
    session,
    remote: methodsOf(remoteProgram, session),
    control: methodsOf(modvirtProgram, session),
    program: (program) => methodsOf(program, session),
    full: (program) => fullMethodsOf(program, session),
    events: (object, filter) => filtered(link, object, filter),
    close: async () => {
      await session.close();
      await link.close();
    },
  };
}

async function* filtered(
  link: DaemonLink,
  object: DaemonEvent['object'],
  { eventId, uuid, ...options }: EventFilter,
): AsyncGenerator<DaemonEvent | EventGap, void> {
  for await (const item of await link.subscribe(options)) {
    if ('type' in item) yield item;
    else if (item.object !== object) continue;
    else if (eventId !== undefined && item.eventId !== eventId) continue;
    else if (uuid === undefined || item.uuid === uuid) yield item;
  }
}

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};
