import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { legacySocketPaths, nativeSocketPath, PROXY, pidFilePath, systemPaths } from '@modvirt/core/uri';
import { repository } from '../checks/part.js';
import { isAlive, readProc } from './processes.js';

/** Programs that a stack may hold, in the order in which they start: what serves before what relays. */
export const programs = [
  'virtnetworkd',
  'virtsecretd',
  'virtstoraged',
  'virtqemud',
  'virtlxcd',
  PROXY,
] as const;
export type ProgramName = (typeof programs)[number];

export interface StackPaths {
  readonly root: string;
  readonly base: ReturnType<typeof systemPaths>;
}

export function stackPaths(root: string): StackPaths {
  return { root, base: systemPaths(root) };
}

/** The sockets by which a daemon is reached, its native one first. */
export function socketsOf(paths: StackPaths, name: ProgramName): readonly string[] {
  return [nativeSocketPath(paths.base, name), ...legacySocketsOf(paths, name)];
}

/** Those that speak libvirt's protocol. */
export function legacySocketsOf(paths: StackPaths, name: ProgramName): readonly string[] {
  if (name !== PROXY) return [];
  const { readWrite, readOnly, admin } = legacySocketPaths(paths.base);
  return [readWrite, ...(readOnly === undefined ? [] : [readOnly]), admin];
}

export function logFile(paths: StackPaths, name: ProgramName): string {
  return join(paths.base.log, `${name}.log`);
}

/** The process that has the daemon's pid file, if it runs. */
export function runningPid(paths: StackPaths, name: ProgramName): number | undefined {
  const file = pidFilePath(paths.base, name);
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, 'utf8').trim());
  return Number.isSafeInteger(pid) && pid > 0 && isOurs(pid, name) ? pid : undefined;
}

// A pid file may be older than the machine's last boot: the process must be this program.
function isOurs(pid: number, name: ProgramName): boolean {
  return isAlive(pid) && readProc(`/proc/${pid}/cmdline`).includes(`${name}/main.cjs`);
}

/** The arguments with which Node runs a daemon. */
export function daemonCommand(
  paths: StackPaths,
  name: ProgramName,
  timeoutSeconds: number | undefined,
): readonly string[] {
  const timeout = timeoutSeconds === undefined ? [] : ['--timeout', String(timeoutSeconds)];
  return [join(repository, 'dist', name, 'main.cjs'), '--root', paths.root, '--verbose', ...timeout];
}

/** Opens the file that takes what a daemon says. */
export function openLog(paths: StackPaths, name: ProgramName): number {
  mkdirSync(paths.base.log, { recursive: true });
  return openSync(logFile(paths, name), 'a', 0o640);
}

/** Starts a daemon that outlives us; its words go to its log. */
export function startDaemon(
  paths: StackPaths,
  name: ProgramName,
  timeoutSeconds: number | undefined,
): number {
  const log = openLog(paths, name);
  try {
    const child = spawn(process.execPath, daemonCommand(paths, name, timeoutSeconds), {
      detached: true,
      stdio: ['ignore', log, log],
      env: daemonEnvironment(),
    });
    child.unref();
    if (child.pid === undefined) throw new Error(`${name} could not be started`);
    return child.pid;
  } finally {
    closeSync(log);
  }
}

/** What a daemon needs of our environment. */
export function daemonEnvironment(): { readonly [name: string]: string } {
  const names = ['PATH', 'HOME', 'LANG', 'XDG_RUNTIME_DIR', 'LIBVIRT_DEBUG'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
