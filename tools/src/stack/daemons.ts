import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { legacySocketPaths, nativeSocketPath, pidFilePath, systemPaths } from '@modvirt/core/uri';
import { repository } from '../checks/part.js';

/** Programs that a stack may hold, in the order in which they start: what serves before what relays. */
export const programs = ['virtqemud', 'virtproxyd'] as const;
export type ProgramName = (typeof programs)[number];

export interface StackPaths {
  readonly root: string;
  readonly base: ReturnType<typeof systemPaths>;
}

export function stackPaths(root: string): StackPaths {
  return { root, base: systemPaths(root) };
}

export function programFile(name: ProgramName): string {
  return join(repository, 'dist', name, 'main.cjs');
}

/** Sockets by which a daemon is reached; the first is the one that is asked whether it answers. */
export function socketsOf(paths: StackPaths, name: ProgramName): readonly string[] {
  const native = nativeSocketPath(paths.base, name);
  if (name !== 'virtproxyd') return [native];
  const legacy = legacySocketPaths(paths.base);
  return [
    native,
    legacy.readWrite,
    ...(legacy.readOnly === undefined ? [] : [legacy.readOnly]),
    legacy.admin,
  ].filter((path) => path !== legacy.admin || existsSync(path));
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
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${name}/main.cjs`);
  } catch {
    return false;
  }
}

/** Starts a daemon that outlives us; its words go to its log. */
export function startDaemon(paths: StackPaths, name: ProgramName): number {
  mkdirSync(paths.base.log, { recursive: true });
  const log = openSync(logFile(paths, name), 'a', 0o640);
  try {
    const child = spawn(process.execPath, [programFile(name), '--root', paths.root, '--verbose'], {
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

export function daemonEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG, XDG_RUNTIME_DIR, LIBVIRT_DEBUG } = process.env;
  return { PATH, HOME, LANG, XDG_RUNTIME_DIR, LIBVIRT_DEBUG };
}
