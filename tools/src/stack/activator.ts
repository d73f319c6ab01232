import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repository } from '../checks/part.js';
import { daemonEnvironment, type ProgramName, type StackPaths, stackPaths } from './daemons.js';
import { isAlive, lastLines, readProc } from './processes.js';
import { waitFor } from './wait.js';

// In the place of systemd: a process that holds the sockets, starts a daemon when somebody connects, and again after it ended.

const START_MS = 10_000;
const STOP_MS = 10_000;

export interface ActivationOptions {
  readonly only: readonly ProgramName[];
  readonly timeoutSeconds?: number | undefined;
}

function pidFile(paths: StackPaths): string {
  return join(paths.base.pid, 'modvirt-activator.pid');
}

function logFile(paths: StackPaths): string {
  return join(paths.base.log, 'modvirt-activator.log');
}

/** The name under which systemd would hand over a socket. */
export function socketName(name: ProgramName, path: string): string {
  if (path.endsWith('-sock-ro')) return `${name}-ro.socket`;
  if (path.endsWith('-admin-sock')) return `${name}-admin.socket`;
  return path.endsWith('.sock') ? `${name}-rpc.socket` : `${name}.socket`;
}

/** The process that holds the sockets of a root, if there is one. */
export function activatorPid(paths: StackPaths): number | undefined {
  const file = pidFile(paths);
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, 'utf8'));
  const words = readProc(`/proc/${pid}/cmdline`).split('\0');
  const isOurs = words.some((word) => word.endsWith('/activate.cjs')) && words.includes(paths.root);
  return isOurs && isAlive(pid) ? pid : undefined;
}

/** Starts the activator; returns when all sockets are there. */
export async function startActivator(
  root: string,
  { only, timeoutSeconds }: ActivationOptions,
): Promise<void> {
  const paths = stackPaths(root);
  mkdirSync(paths.base.log, { recursive: true });
  const log = openSync(logFile(paths), 'a', 0o640);
  const words = [root, only.join(','), ...(timeoutSeconds === undefined ? [] : [String(timeoutSeconds)])];
  const child = spawn(process.execPath, [join(repository, 'dist/tools/activate.cjs'), ...words], {
    detached: true,
    stdio: ['ignore', log, log],
    env: daemonEnvironment(),
  });
  closeSync(log);
  child.unref();
  await waitFor('the activator does not start', START_MS, () => {
    if (activatorPid(paths) === child.pid) return true;
    if (child.pid !== undefined && isAlive(child.pid)) return false;
    throw new Error(`the activator ended at its start:\n${lastLines(logFile(paths))}`);
  });
}

/** Ends the activator, if there is one; its sockets go. The daemons go on. */
export async function stopActivator(root: string): Promise<void> {
  const paths = stackPaths(root);
  const pid = activatorPid(paths);
  if (pid !== undefined) {
    process.kill(pid, 'SIGTERM');
    await waitFor(`the activator (process ${pid}) does not end`, STOP_MS, () => !isAlive(pid));
  }
  rmSync(pidFile(paths), { force: true });
}

/** Says that this process is the activator, and that its sockets are there. */
export function announceActivator(paths: StackPaths): void {
  const file = pidFile(paths);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, String(process.pid));
}
