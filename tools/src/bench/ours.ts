import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROXY } from '@modvirt/core/uri';
import { type ProgramName, runningPid, stackPaths, startDaemon } from '../stack/daemons.js';
import { isAlive, readProc } from '../stack/processes.js';
import { down, up } from '../stack/stack.js';
import { waitFor } from '../stack/wait.js';
import type { Contender } from './contender.js';

const END_MS = 10_000;

/** Our daemons on a root of their own. */
export function ours(root: string): Contender {
  const paths = stackPaths(root);
  const pidFiles = join(root, 'run/libvirt/qemu');
  const guests = (): number[] => {
    const files = readdirSync(pidFiles).filter((file) => file.endsWith('.pid'));
    const pids = files.map((file) => Number(readFileSync(join(pidFiles, file), 'utf8')));
    return pids.filter((pid) => isAlive(pid) && readProc(`/proc/${pid}/cmdline`).includes(root));
  };
  return {
    name: 'ours',
    uri: `qemu:///system?socket=${join(root, 'run/libvirt/libvirt-sock')}`,
    definitions: join(root, 'etc/libvirt/qemu'),
    proxy: PROXY,
    driver: 'virtqemud',
    async start() {
      await up(root);
    },
    async stopDaemons() {
      await down(root);
    },
    async end() {
      await down(root);
      for (const pid of guests()) process.kill(pid, 'SIGKILL');
      await waitFor('guests of ours do not end', END_MS, () => guests().length === 0);
    },
    async stop(program) {
      await down(root, [program as ProgramName]);
    },
    launch(program) {
      startDaemon(paths, program as ProgramName, undefined);
    },
    pidOf(program) {
      const pid = runningPid(paths, program as ProgramName);
      if (pid === undefined) throw new Error(`${program} does not run`);
      return pid;
    },
    guestPid: (guest) => Number(readFileSync(join(pidFiles, `${guest}.pid`), 'utf8')),
  };
}
