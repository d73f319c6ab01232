import { readFileSync } from 'node:fs';
import { connect } from '@modvirt/client';
import { daemons } from '@modvirt/core/uri';
import {
  logFile,
  type ProgramName,
  programs,
  runningPid,
  socketsOf,
  stackPaths,
  startDaemon,
} from './daemons.js';
import { answers, waitFor } from './wait.js';

const START_MS = 30_000;
const STOP_MS = 20_000;

export interface DaemonState {
  readonly name: ProgramName;
  readonly pid: number | null;
  readonly state: 'running' | 'starting' | 'activated' | 'stopped';
  readonly sockets: readonly string[];
  readonly rssKiB: number | null;
  readonly version: string | null;
}

/** Starts what does not run, and returns when every socket answers. @returns the daemons it started */
export async function up(root: string, only: readonly ProgramName[] = programs): Promise<ProgramName[]> {
  const paths = stackPaths(root);
  const started: ProgramName[] = [];
  for (const name of programs.filter((one) => only.includes(one))) {
    if (runningPid(paths, name) !== undefined) continue;
    const pid = startDaemon(paths, name);
    started.push(name);
    await waitUntilItAnswers(root, name, pid);
  }
  return started;
}

async function waitUntilItAnswers(root: string, name: ProgramName, pid: number): Promise<void> {
  const paths = stackPaths(root);
  await waitFor(`${name} does not answer (see ${logFile(paths, name)})`, START_MS, async () => {
    if (!isAlive(pid)) throw new Error(`${name} ended at its start:\n${lastLines(logFile(paths, name))}`);
    const sockets = await Promise.all(socketsOf(paths, name).map(answers));
    return sockets.every((answer) => answer);
  });
}

/** Ends the daemons; guests go on. */
export async function down(root: string, only: readonly ProgramName[] = programs): Promise<ProgramName[]> {
  const paths = stackPaths(root);
  const stopped: ProgramName[] = [];
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
  if (pid === undefined) return { name, pid: null, state: 'stopped', sockets, rssKiB: null, version: null };
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

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // Whoever started it may not have asked how it ended.
  const stat = readProc(`/proc/${pid}/stat`);
  return stat !== '' && !/\) Z /.test(stat);
}

function rssKiB(pid: number): number | null {
  const match = /^VmRSS:\s+(\d+) kB/m.exec(readProc(`/proc/${pid}/status`));
  return match === null ? null : Number(match[1]);
}

function readProc(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // The process is gone.
  }
}

export function lastLines(path: string, count = 15): string {
  return readProc(path).trimEnd().split('\n').slice(-count).join('\n');
}
