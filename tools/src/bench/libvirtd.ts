import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { readProc } from '../stack/processes.js';
import { answers, waitFor } from '../stack/wait.js';
import type { Contender } from './contender.js';
import { within } from './within.js';

const LIBVIRTD = '/usr/sbin/libvirtd';
const START_MS = 60_000;
const STOP_MS = 30_000;

// The first process of the namespaces. It reaps what libvirtd leaves to it, and when our end of its input closes, however we
// ended, it ends too, and the kernel ends everything in there. KVM is hidden because both sides emulate: where it is there and
// does not work, libvirtd probes QEMU anew for every call.
const KEEPER = `
set -e
exec 3<&0
trap 'exit 0' TERM
mount --bind "$0/run" /run
for d in etc/libvirt var/lib/libvirt var/log/libvirt var/cache/libvirt; do mount --bind "$0/$d" "/$d"; done
mount -t tmpfs -o mode=755 dev "$0/dev"
for f in /dev/*; do
  if [ "$f" = /dev/kvm ]; then continue; fi
  if [ -d "$f" ] && [ ! -L "$f" ]; then mkdir "$0$f"; mount --rbind "$f" "$0$f"; else cp -a "$f" "$0$f"; fi
done
mount --move "$0/dev" /dev
ip link set lo up
(cat <&3 >/dev/null; kill $$) &
: > "$0/ready"
while :; do sleep 86400 & wait; done
`;

const DAEMON_CONF = 'auth_unix_rw = "none"\nauth_unix_ro = "none"\n';
// Without virtlogd, and without marks on the host's cgroups; the rest as Debian ships it.
const QEMU_CONF = 'stdio_handler = "file"\ncgroup_controllers = [ ]\nsecurity_driver = "none"\n';

/** Why Debian's libvirtd cannot be measured here; undefined where it can. */
export function whyNoLibvirtd(): string | undefined {
  if (!existsSync(LIBVIRTD)) return `${LIBVIRTD} is not installed`;
  if (process.getuid?.() !== 0) return 'only root can run libvirtd in namespaces of its own';
  return undefined;
}

/** Debian's libvirtd in mount, process and network namespaces of its own: it sees nothing of the host's libvirt. */
export function libvirtd(root: string): Contender {
  return new Libvirtd(root);
}

class Libvirtd implements Contender {
  readonly name = 'libvirtd';
  readonly proxy = 'libvirtd';
  readonly driver = 'libvirtd';
  readonly uri: string;
  readonly definitions: string;
  readonly #root: string;
  #keeper: ChildProcess | undefined;
  #daemon: ChildProcess | undefined;

  constructor(root: string) {
    this.#root = root;
    this.uri = `qemu:///system?socket=${join(root, 'run/libvirt/libvirt-sock')}`;
    this.definitions = join(root, 'etc/libvirt/qemu');
  }

  async start(): Promise<void> {
    if (this.#keeper === undefined) await this.#enterNamespaces();
    if (this.#daemon === undefined) this.launch();
    const socket = join(this.#root, 'run/libvirt/libvirt-sock');
    await waitFor('libvirtd does not answer', START_MS, () => {
      if (this.#daemon?.exitCode !== null) throw new Error(`libvirtd ended at its start:\n${this.#said()}`);
      return answers(socket);
    });
  }

  launch(): void {
    const log = openSync(join(this.#root, 'libvirtd.out'), 'a');
    const target = ['-t', String(this.#keeperPid()), '-m', '-p', '-n', '--'];
    this.#daemon = spawn('nsenter', [...target, LIBVIRTD, '--pid-file', '/run/libvirtd.pid'], {
      stdio: ['ignore', log, log],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
    });
    closeSync(log);
  }

  async stop(): Promise<void> {
    const daemon = this.#daemon;
    if (daemon === undefined) return;
    const pid = this.pidOf();
    const ended = once(daemon, 'exit');
    process.kill(pid, 'SIGTERM');
    await within(STOP_MS, 'libvirtd does not end', ended);
    this.#daemon = undefined;
  }

  async stopDaemons(): Promise<void> {
    await this.stop();
  }

  async end(): Promise<void> {
    const keeper = this.#keeper;
    if (keeper === undefined) return;
    const ended = once(keeper, 'exit');
    keeper.stdin?.end();
    await within(STOP_MS, "libvirtd's namespaces do not end", ended);
    this.#keeper = undefined;
    this.#daemon = undefined;
  }

  pidOf(): number {
    // nsenter has one child: the daemon.
    const [pid] = childrenOf(this.#daemon?.pid);
    if (pid === undefined) throw new Error('libvirtd does not run');
    return pid;
  }

  guestPid(guest: string): number {
    // What is in the file counts within the namespace.
    const inside = readFileSync(join(this.#root, 'run/libvirt/qemu', `${guest}.pid`), 'utf8').trim();
    const found = readdirSync('/proc').find((name) => {
      if (!/^\d+$/.test(name)) return false;
      const ids = /^NSpid:\s+\d+\s+(\d+)$/m.exec(readProc(`/proc/${name}/status`));
      return ids?.[1] === inside && readProc(`/proc/${name}/cmdline`).includes(`guest=${guest},`);
    });
    if (found === undefined) throw new Error(`${guest} does not run`);
    return Number(found);
  }

  async #enterNamespaces(): Promise<void> {
    const ready = join(this.#root, 'ready');
    for (const directory of [
      'dev',
      'run/libvirt',
      'etc/libvirt',
      ...['lib', 'log', 'cache'].map((it) => `var/${it}/libvirt`),
    ])
      mkdirSync(join(this.#root, directory), { recursive: true, mode: 0o755 });
    writeFileSync(join(this.#root, 'etc/libvirt/libvirtd.conf'), DAEMON_CONF);
    writeFileSync(join(this.#root, 'etc/libvirt/qemu.conf'), QEMU_CONF);
    const namespaces = ['-m', '-p', '-n', '--fork', '--kill-child', '--mount-proc'];
    const log = openSync(join(this.#root, 'libvirtd.out'), 'a');
    this.#keeper = spawn('unshare', [...namespaces, '/bin/sh', '-c', KEEPER, this.#root], {
      stdio: ['pipe', log, log],
    });
    closeSync(log);
    await waitFor('no namespaces for libvirtd', START_MS, () => {
      if (this.#keeper?.exitCode !== null) throw new Error(`no namespaces for libvirtd:\n${this.#said()}`);
      return existsSync(ready);
    });
  }

  #keeperPid(): number {
    const [pid] = childrenOf(this.#keeper?.pid);
    if (pid === undefined) throw new Error("libvirtd's namespaces are gone");
    return pid;
  }

  #said(): string {
    return readFileSync(join(this.#root, 'libvirtd.out'), 'utf8');
  }
}

function childrenOf(pid: number | undefined): number[] {
  if (pid === undefined) return [];
  return readProc(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}
