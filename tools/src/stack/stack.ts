import { connect } from '@modvirt/client';
import { daemons } from '@modvirt/core/uri';
import { activatorPid, startActivator, stopActivator } from './activator.js';
import {
  legacySocketsOf,
  logFile,
  type ProgramName,
  programs,
  runningPid,
  socketsOf,
  stackPaths,
  startDaemon,
} from './daemons.js';
import { isAlive, lastLines, rssKiB } from './processes.js';
import { answers, waitFor } from './wait.js';

const START_MS = 30_000;
const STOP_MS = 20_000;
/** The kernel's limit (unix(7)), without the NUL at the end. */
const SOCKET_PATH_MAX = 107;

export interface UpOptions {
  /** All where absent. */
  readonly only?: readonly ProgramName[];
  /** Idle time after which a daemon ends; as the daemon sees fit where absent. */
  readonly timeoutSeconds?: number | undefined;
  /** The sockets are held for the daemons, which start when somebody connects. */
  readonly isSocketActivated?: boolean;
}

export interface DaemonState {
  readonly name: ProgramName;
  readonly pid: number | null;
  /** `activated`: it will run as soon as somebody connects. */
  readonly state: 'running' | 'starting' | 'activated' | 'stopped';
  readonly sockets: readonly string[];
  readonly rssKiB: number | null;
  readonly version: string | null;
}

/** Starts what does not run, and returns when every socket answers. @returns the daemons that did not run before */
export async function up(root: string, options: UpOptions = {}): Promise<ProgramName[]> {
  const paths = stackPaths(root);
  const { only = programs, timeoutSeconds, isSocketActivated = false } = options;
  const chosen = programs.filter((name) => only.includes(name));
  for (const path of chosen.flatMap((name) => socketsOf(paths, name))) requireShort(path);
  const fresh = chosen.filter((name) => runningPid(paths, name) === undefined);
  if (isSocketActivated && activatorPid(paths) === undefined) {
    const [running] = chosen.filter((name) => !fresh.includes(name));
    if (running !== undefined) throw new Error(`${running} runs already, with sockets of its own`);
    await startActivator(root, { only: chosen, timeoutSeconds });
  }
  for (const name of fresh) {
    // Whoever holds the sockets starts the daemon for the first connection: ours.
    const pid = activatorPid(paths) === undefined ? startDaemon(paths, name, timeoutSeconds) : undefined;
    await waitUntilItAnswers(root, name, pid);
  }
  return fresh;
}

function requireShort(socket: string): void {
  if (Buffer.byteLength(socket) <= SOCKET_PATH_MAX) return;
  throw new Error(
    `${socket} is longer than the ${SOCKET_PATH_MAX} bytes that a socket may have: choose a shorter root`,
  );
}

async function waitUntilItAnswers(root: string, name: ProgramName, pid: number | undefined): Promise<void> {
  const paths = stackPaths(root);
  await waitFor(`${name} does not answer (see ${logFile(paths, name)})`, START_MS, async () => {
    if (pid !== undefined && !isAlive(pid))
      throw new Error(`${name} ended at its start:\n${lastLines(logFile(paths, name))}`);
    const sockets = await Promise.all(legacySocketsOf(paths, name).map(answers));
    return sockets.every((answer) => answer) && (await versionOf(root, name)) !== null;
  });
}

/** Ends the daemons, and whoever would start them again; guests go on. @returns the daemons that ran */
export async function down(root: string, only: readonly ProgramName[] = programs): Promise<ProgramName[]> {
  const paths = stackPaths(root);
  const stopped: ProgramName[] = [];
  await stopActivator(root);
  for (const name of [...programs].reverse().filter((one) => only.includes(one))) {
    const pid = runningPid(paths, name);
    if (pid === undefined) continue;
    process.kill(pid, 'SIGTERM');
    await waitFor(`${name} (process ${pid}) does not end`, STOP_MS, () => !isAlive(pid));
    stopped.push(name);
  }
  return stopped;
}

export async function status(root: string): Promise<DaemonState[]> {
  return Promise.all(programs.map((name) => statusOf(root, name)));
}

async function statusOf(root: string, name: ProgramName): Promise<DaemonState> {
  const paths = stackPaths(root);
  const pid = runningPid(paths, name);
  const sockets = socketsOf(paths, name);
  if (pid === undefined) {
    const state = activatorPid(paths) === undefined ? 'stopped' : 'activated';
    return { name, pid: null, state, sockets, rssKiB: null, version: null };
  }
  const version = await versionOf(root, name);
  const state = version === null ? 'starting' : 'running';
  return { name, pid, state, sockets, rssKiB: rssKiB(pid), version };
}

async function versionOf(root: string, name: ProgramName): Promise<string | null> {
  try {
    const connection = await connect({ daemon: name, root, uri: uriOf(name) });
    try {
      return (await connection.control.daemonStatus({})).version;
    } finally {
      await connection.close();
    }
  } catch {
    return null; // It runs and does not answer (yet): the state says so.
  }
}

/** What the daemon opens: a hypervisor's looks at its scheme. */
function uriOf(name: ProgramName): string {
  return `${daemons.find((row) => row.name === name)?.scheme ?? name}:///system`;
}
