import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { emptyDomain } from '../support/domain-xml.js';
import { background, eventually, isRunning, type Output, output } from '../support/stack.js';

// `npm run stack` as people and outside checks use it.

const RUN = resolve(import.meta.dirname, '../../../tools/run.mjs');
const SOCKETS = ['libvirt-admin-sock', 'libvirt-sock', 'libvirt-sock-ro', 'rpc'];

interface Row {
  readonly name: string;
  readonly pid: number | null;
  readonly state: string;
  readonly sockets: readonly string[];
  readonly rssKiB: number | null;
  readonly version: string | null;
}

class Root {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  get uri(): string {
    return `qemu:///system?socket=${this.path}/run/libvirt/libvirt-sock`;
  }

  stack(...words: string[]): Promise<Output> {
    return output(process.execPath, [RUN, 'stack', ...words, '--root', this.path], 120_000);
  }

  async up(...words: string[]): Promise<void> {
    const { status, stderr } = await this.stack('up', ...words);
    if (status !== 0) throw new Error(stderr);
  }

  async status(): Promise<readonly Row[]> {
    return JSON.parse((await this.stack('status', '--json')).stdout) as Row[];
  }

  async states(): Promise<Record<string, string>> {
    return Object.fromEntries((await this.status()).map(({ name, state }) => [name, state]));
  }

  async virsh(...words: string[]): Promise<string> {
    const { status, stdout, stderr } = await output('virsh', ['-q', '-c', this.uri, ...words]);
    if (status !== 0) throw new Error(`virsh ${words.join(' ')}: ${stderr}`);
    return stdout.trim();
  }

  async startEmptyGuest(name: string): Promise<void> {
    const file = join(this.path, `${name}.xml`);
    await writeFile(file, emptyDomain(name));
    await this.virsh('create', file, '--paused');
  }

  /** Waits until the daemons have ended by themselves. To ask them for their state would keep them awake. */
  async idle(...only: string[]): Promise<void> {
    for (const { name, pid } of await this.status()) {
      if (pid === null || (only.length > 0 && !only.includes(name))) continue;
      await eventually(`${name} to end`, () => !isRunning(pid) || undefined);
    }
  }

  /** What lies in the directory of the sockets, other than the drivers' own. */
  async sockets(): Promise<readonly string[]> {
    const names = await readdir(join(this.path, 'run/libvirt'));
    return names.filter((name) => !['lxc', 'network', 'qemu', 'secrets', 'storage'].includes(name)).sort();
  }

  async remove(): Promise<void> {
    await this.stack('down');
    await rm(this.path, { recursive: true, force: true });
  }
}

const roots: Root[] = [];

async function newRoot(): Promise<Root> {
  const root = new Root(await mkdtemp(join(tmpdir(), 'modvirt-test-')));
  // Guests run as their own user and must reach their files.
  await chmod(root.path, 0o755);
  roots.push(root);
  return root;
}

let root: Root;

beforeEach(async () => {
  root = await newRoot();
});

afterEach(async () => {
  for (const one of roots.splice(0)) await one.remove();
});

test('up returns when everything answers, status tells what runs, down ends it', async () => {
  const { stdout } = await root.stack('up');
  expect(stdout.trim()).toBe(`virsh -c '${root.uri}'`);
  const rows = await root.status();
  const names = ['virtnetworkd', 'virtsecretd', 'virtstoraged', 'virtqemud', 'virtlxcd', 'virtproxyd'];
  expect(rows.map(({ name, state }) => [name, state])).toEqual(names.map((name) => [name, 'running']));
  for (const { pid, rssKiB, version } of rows) {
    expect([typeof pid, Number(rssKiB) > 10_000, version]).toEqual(['number', true, '0.1.0']);
  }
  expect(rows.at(-1)?.sockets).toEqual([
    `${root.path}/run/libvirt/rpc/virtproxyd.sock`,
    `${root.path}/run/libvirt/libvirt-sock`,
    `${root.path}/run/libvirt/libvirt-sock-ro`,
    `${root.path}/run/libvirt/libvirt-admin-sock`,
  ]);
  expect(await root.virsh('uri')).toBe(root.uri);
  await root.up();
  expect(await root.status()).toMatchObject(rows.map(({ pid }) => ({ pid })));
  expect((await root.stack('logs')).stdout).toMatch(/== virtqemud\n.*"ready"/);
  expect((await root.stack('down')).status).toBe(0);
  expect(await root.states()).toMatchObject({ virtqemud: 'stopped', virtproxyd: 'stopped' });
  expect(await root.sockets()).toEqual(['rpc']);
});

test('only some daemons are started and ended when asked so', async () => {
  await root.up('--only', 'virtqemud');
  expect(await root.states()).toMatchObject({ virtqemud: 'running', virtproxyd: 'stopped' });
  await root.up();
  await root.stack('down', '--only', 'virtproxyd');
  expect(await root.states()).toMatchObject({ virtqemud: 'running', virtproxyd: 'stopped' });
  const { status, stderr } = await root.stack('up', '--only', 'virtfoo');
  expect([status, stderr.trim()]).toEqual([
    1,
    "there is no daemon 'virtfoo'; there are virtnetworkd, virtsecretd, virtstoraged, virtqemud, virtlxcd, virtproxyd",
  ]);
});

test('a daemon that ends at its start is told of, in its own words', async () => {
  await mkdir(join(root.path, 'etc/libvirt'), { recursive: true });
  await writeFile(join(root.path, 'etc/libvirt/virtproxyd.conf'), 'max_clients = "many"\n');
  const { status, stderr } = await root.stack('up');
  expect(status).toBe(1);
  expect(stderr).toContain('virtproxyd ended at its start');
  expect(stderr).toContain('virtproxyd.conf:1');
});

test('a root that is too long for sockets is refused at once', async () => {
  const { status, stderr } = await output(process.execPath, [
    RUN,
    'stack',
    'up',
    '--root',
    `/tmp/${'x'.repeat(90)}`,
  ]);
  expect([status, stderr]).toEqual([1, expect.stringContaining('choose a shorter root')]);
});

test('stacks on several roots know nothing of each other', async () => {
  const other = await newRoot();
  await root.up();
  await other.up();
  const file = join(root.path, 'here.xml');
  await writeFile(file, emptyDomain('here'));
  await root.virsh('define', file);
  expect(await root.virsh('list', '--all', '--name')).toBe('here');
  expect(await other.virsh('list', '--all', '--name')).toBe('');
  await root.stack('down');
  expect(await root.states()).toMatchObject({ virtqemud: 'stopped', virtproxyd: 'stopped' });
  expect(await other.states()).toMatchObject({ virtqemud: 'running', virtproxyd: 'running' });
});

test('guests go on when a stack goes down, and are found again', async () => {
  await root.up();
  await root.startEmptyGuest('stays');
  await root.stack('down');
  await root.up();
  expect(await root.virsh('domstate', '--reason', 'stays')).toBe('paused (user)');
  await root.virsh('destroy', 'stays');
});

test('socket-activated daemons start for a connection, end when idle, and start again', async () => {
  await root.up('--socket-activated', '--timeout', '1');
  expect(await root.sockets()).toEqual(SOCKETS);
  await root.idle();
  expect(await root.virsh('list', '--all', '--name')).toBe('');
  expect(await root.states()).toMatchObject({ virtqemud: 'running', virtproxyd: 'running' });

  await root.idle();
  expect(await root.states()).toMatchObject({ virtqemud: 'activated', virtproxyd: 'activated' });
  const readOnly = `qemu:///system?socket=${root.path}/run/libvirt/libvirt-sock-ro`;
  expect((await output('virsh', ['-q', '-r', '-c', readOnly, 'list'])).status).toBe(0);

  await root.idle();
  const admin = `libvirtd:///system?socket=${root.path}/run/libvirt/libvirt-admin-sock`;
  const servers = await output('virt-admin', ['-q', '-c', admin, 'srv-list']);
  expect(servers.stdout).toMatch(/admin[\s\S]*virtproxyd|virtproxyd[\s\S]*admin/);

  // With work to do it stays.
  await root.startEmptyGuest('busy');
  await root.idle('virtproxyd');
  expect(await root.states()).toMatchObject({ virtqemud: 'running', virtproxyd: 'activated' });
  await root.virsh('destroy', 'busy');
  await root.idle();

  expect((await root.stack('down')).status).toBe(0);
  expect(await root.states()).toMatchObject({ virtqemud: 'stopped', virtproxyd: 'stopped' });
  expect(await root.sockets()).toEqual(['rpc']);
}, 120_000);

test('a killed daemon is started again for the next connection', async () => {
  await root.up('--socket-activated');
  await root.startEmptyGuest('survivor');
  for (const { pid } of await root.status()) if (pid !== null) process.kill(pid, 'SIGKILL');
  expect(await root.virsh('domstate', '--reason', 'survivor')).toBe('paused (user)');
  await root.virsh('destroy', 'survivor');
});

const ACTIVATE = '/usr/bin/systemd-socket-activate';

test.skipIf(!existsSync(ACTIVATE))("systemd's own hands over sockets by name [needs systemd]", async () => {
  await root.up('--only', 'virtqemud');
  const run = join(root.path, 'run/libvirt');
  // In another order than the proxy opens them: only the names tell.
  const sockets = [
    ['virtproxyd-admin.socket', 'libvirt-admin-sock'],
    ['virtproxyd-rpc.socket', 'rpc/virtproxyd.sock'],
    ['virtproxyd-ro.socket', 'libvirt-sock-ro'],
    ['virtproxyd.socket', 'libvirt-sock'],
  ] as const;
  const proxy = background(ACTIVATE, [
    ...sockets.map(([, path]) => `--listen=${join(run, path)}`),
    `--fdname=${sockets.map(([name]) => name).join(':')}`,
    process.execPath,
    join(RUN, '../../dist/virtproxyd/main.cjs'),
    '--root',
    root.path,
  ]);
  try {
    await eventually('the sockets', () => existsSync(join(run, 'libvirt-sock')) || undefined);
    expect(await root.virsh('hostname')).not.toBe('');
    expect((await root.states()).virtproxyd).toBe('running');
    const admin = `libvirtd:///system?socket=${run}/libvirt-admin-sock`;
    expect((await output('virt-admin', ['-q', '-c', admin, 'srv-list'])).stdout).toContain('virtproxyd');
    const readOnly = `qemu:///system?socket=${run}/libvirt-sock-ro`;
    expect((await output('virsh', ['-q', '-r', '-c', readOnly, 'list'])).status).toBe(0);
  } finally {
    await proxy.stop();
  }
});
