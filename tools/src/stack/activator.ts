import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../checks/part.js';
import { daemonEnvironment, type ProgramName, socketsOf, stackPaths } from './daemons.js';
import { isAlive } from './stack.js';
import { answers, waitFor } from './wait.js';

// In the place of systemd: holds the sockets, starts a daemon when somebody connects, and again after it has ended.

const ACTIVATOR_START_MS = 10_000;

function activatorPidFile(root: string): string {
  return join(root, 'run/modvirt-activator.pid');
}

/** The name under which systemd would hand over a socket. */
export function socketName(name: ProgramName, path: string): string {
  if (path.endsWith('-sock-ro')) return `${name}-ro.socket`;
  if (path.endsWith('-admin-sock')) return `${name}-admin.socket`;
  return path.endsWith('.sock') ? `${name}-rpc.socket` : `${name}.socket`;
}

/** Starts the activator for these daemons; returns when its sockets take connections. */
export async function upActivated(root: string, only: readonly ProgramName[]): Promise<void> {
  mkdirSync(join(root, 'run'), { recursive: true });
  const child = spawn(process.execPath, [join(repository, 'dist/tools/activate.cjs'), root, only.join(',')], {
    detached: true,
    stdio: 'ignore',
    env: daemonEnvironment(),
  });
  child.unref();
  const paths = stackPaths(root);
  const sockets = only.flatMap((name) => socketsOf(paths, name));
  await waitFor('the sockets do not answer', ACTIVATOR_START_MS + 30_000, async () => {
    if (!sockets.every((path) => existsSync(path))) return false;
    return (await Promise.all(sockets.map(answers))).every((answer) => answer);
  });
}

/** Ends the activator, if there is one. */
export async function downActivated(root: string): Promise<void> {
  const file = activatorPidFile(root);
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8'));
  if (isAlive(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('activate.cjs')) {
    process.kill(pid, 'SIGTERM');
    await waitFor('the activator does not end', ACTIVATOR_START_MS, () => !isAlive(pid));
  }
  rmSync(file, { force: true });
}

export function writeActivatorPid(root: string): void {
  writeFileSync(activatorPidFile(root), String(process.pid));
}
