import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { background, eventually, output, startStack, type TestStack } from '../support/stack.js';

let stack: TestStack;

beforeAll(async () => {
  stack = await startStack();
}, 180_000);

afterAll(async () => {
  await stack?.close();
}, 60_000);

const place = (name: string): string => join(stack.root, 'pools', name);

async function definePool(name: string): Promise<string> {
  const file = join(stack.root, `${name}.xml`);
  await mkdir(join(stack.root, 'pools'), { recursive: true });
  await writeFile(
    file,
    `<pool type='dir'><name>${name}</name><target><path>${place(name)}</path></target></pool>`,
  );
  await stack.ok('pool-define', file);
  return file;
}

async function startPool(name: string): Promise<void> {
  await definePool(name);
  await stack.ok('pool-start', name, '--build');
}

const refusal = async (...words: string[]): Promise<string> => {
  const { status, stderr } = await stack.virsh(...words);
  expect(status).not.toBe(0);
  return stderr;
};

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function restartDaemon(): Promise<void> {
  process.kill(await stack.pidOf('virtstoraged'), 'SIGKILL');
  await eventually('the daemon to be gone', async () =>
    (await stack.status()).find((it) => it.name === 'virtstoraged')?.pid == null ? true : undefined,
  );
  await stack.up();
}

test('a pool is defined, built, started, marked, stopped and forgotten, and says so', async () => {
  const events = background('virsh', ['-c', stack.uri, 'pool-event', '--event', 'lifecycle', '--loop']);
  await eventually('the subscription', async () => {
    await definePool('heard');
    await stack.ok('pool-undefine', 'heard');
    return events.text().includes('heard') ? true : undefined;
  });
  const file = await definePool('life');
  expect(await refusal('pool-start', 'life')).toContain(
    `cannot open directory '${place('life')}': No such file or directory`,
  );
  await stack.ok('pool-build', 'life');
  expect((await stat(place('life'))).mode & 0o777).toBe(0o711);
  await stack.ok('pool-start', 'life');
  expect(await refusal('pool-start', 'life')).toContain("storage pool 'life' is already active");
  expect(await refusal('pool-define', file)).toContain("pool 'life' already exists with uuid");
  await stack.ok('pool-autostart', 'life');
  expect(existsSync(join(stack.root, 'etc/libvirt/storage/autostart/life.xml'))).toBe(true);
  expect(await stack.ok('pool-list', '--all')).toMatch(/life\s+active\s+yes/);
  expect(await stack.ok('pool-list', '--type', 'dir', '--no-autostart')).not.toContain('life');
  expect(await refusal('pool-undefine', 'life')).toContain("storage pool 'life' is still active");
  await stack.ok('pool-destroy', 'life');
  expect(await refusal('vol-list', 'life')).toContain("storage pool 'life' is not active");
  await stack.ok('pool-delete', 'life');
  expect(existsSync(place('life'))).toBe(false);
  await stack.ok('pool-undefine', 'life');
  expect(await refusal('pool-info', 'life')).toContain("no storage pool with matching name 'life'");
  await eventually('the last event', () => (events.text().includes('Undefined') ? true : undefined));
  await events.stop();
  const seen = [...events.text().matchAll(/event 'lifecycle' for storage pool life: (\w+)/g)].map(
    (it) => it[1],
  );
  expect(seen).toEqual(['Defined', 'Created', 'Started', 'Stopped', 'Deleted', 'Undefined']);
}, 60_000);

test('volumes are made, copied, resized, wiped and removed', async () => {
  await startPool('vols');
  await stack.ok('vol-create-as', 'vols', 'full.raw', '1M');
  expect((await stat(join(place('vols'), 'full.raw'))).blocks * 512).toBe(1 << 20);
  await stack.ok('vol-create-as', 'vols', 'thin.raw', '8M', '--allocation', '0');
  expect((await stat(join(place('vols'), 'thin.raw'))).blocks).toBe(0);
  await stack.ok('vol-create-as', 'vols', 'base.qcow2', '10M', '--format', 'qcow2');
  const on = ['--backing-vol', 'base.qcow2', '--backing-vol-format', 'qcow2'];
  await stack.ok('vol-create-as', 'vols', 'top.qcow2', '10M', '--format', 'qcow2', ...on);
  const xml = await stack.ok('vol-dumpxml', 'top.qcow2', 'vols');
  expect(xml).toContain(
    `<backingStore>\n    <path>${place('vols')}/base.qcow2</path>\n    <format type='qcow2'/>`,
  );
  expect(await refusal('vol-create-as', 'vols', 'full.raw', '1M')).toContain(
    "storage volume 'full.raw' exists already",
  );

  const content = randomBytes(1 << 20);
  await writeFile(join(place('vols'), 'full.raw'), content);
  await stack.ok('vol-clone', 'full.raw', 'copy.raw', '--pool', 'vols');
  expect(digest(await readFile(join(place('vols'), 'copy.raw')))).toBe(digest(content));
  await stack.ok('vol-wipe', 'copy.raw', 'vols');
  expect((await readFile(join(place('vols'), 'copy.raw'))).every((byte) => byte === 0)).toBe(true);

  await stack.ok('vol-resize', 'base.qcow2', '20M', '--pool', 'vols');
  expect(await refusal('vol-resize', 'base.qcow2', '5M', '--pool', 'vols')).toContain('unless shrink flag');
  await stack.ok('vol-resize', 'base.qcow2', '5M', '--shrink', '--pool', 'vols');
  const { stdout } = await output('qemu-img', ['info', '--output=json', join(place('vols'), 'base.qcow2')]);
  expect(JSON.parse(stdout)).toMatchObject({ 'virtual-size': 5 << 20, format: 'qcow2' });

  await stack.ok('vol-delete', 'copy.raw', 'vols');
  expect((await readdir(place('vols'))).sort()).toEqual(['base.qcow2', 'full.raw', 'thin.raw', 'top.qcow2']);
}, 60_000);

test('what is uploaded comes down again, whole, in part and with holes', async () => {
  await startPool('data');
  const bytes = Buffer.concat([randomBytes(3_000_001), Buffer.alloc(2_000_000), randomBytes(70_000)]);
  const [up, down] = [join(stack.root, 'up'), join(stack.root, 'down')];
  await writeFile(up, bytes);
  await stack.ok('vol-create-as', 'data', 'v', String(bytes.length));
  await stack.ok('vol-upload', 'v', up, '--pool', 'data');
  expect(digest(await readFile(join(place('data'), 'v')))).toBe(digest(bytes));
  await stack.ok('vol-download', 'v', down, '--pool', 'data');
  expect(digest(await readFile(down))).toBe(digest(bytes));
  await stack.ok('vol-download', 'v', down, '--pool', 'data', '--offset', '1000', '--length', '2000000');
  expect(digest(await readFile(down))).toBe(digest(bytes.subarray(1000, 2_001_000)));
  await stack.ok('vol-download', 'v', down, '--pool', 'data', '--sparse');
  expect(digest(await readFile(down))).toBe(digest(bytes));
  expect((await stat(down)).blocks * 512).toBeLessThan(bytes.length - 1_900_000);
  // What the volume held before shows through no hole.
  await writeFile(join(place('data'), 'v'), randomBytes(bytes.length));
  await stack.ok('vol-upload', 'v', down, '--pool', 'data', '--sparse');
  expect(digest(await readFile(join(place('data'), 'v')))).toBe(digest(bytes));
}, 60_000);

test('names, links and images that lie lead nowhere', async () => {
  await startPool('bad');
  for (const name of ['../x', '/tmp/x', 'a/b', 'a\nb', '..']) {
    expect(await refusal('vol-create-as', 'bad', name, '1M')).toMatch(/volume (name|target path)/);
  }
  expect(await readdir(place('bad'))).toEqual([]);
  const outside = join(stack.root, 'outside');
  await writeFile(outside, 'secret');
  await symlink(outside, join(place('bad'), 'link'));
  await symlink('loop', join(place('bad'), 'loop'));
  const self = await image('self.qcow2');
  await output('qemu-img', ['rebase', '-u', '-b', 'self.qcow2', '-F', 'qcow2', self]);
  const lying = await open(await image('lying.qcow2'), 'r+');
  await lying.write(Buffer.from('ffffffffffffffffffffffff', 'hex'), 0, 12, 8);
  await lying.close();
  await stack.ok('pool-refresh', 'bad');
  const names = (await stack.ok('vol-list', 'bad')).split('\n').map((line) => line.trim().split(/\s+/)[0]);
  expect(names.filter((name) => name !== '')).toEqual(['link', 'lying.qcow2', 'self.qcow2']);
  expect(await refusal('vol-upload', 'link', outside, '--pool', 'bad')).toContain('leads out of its pool');
  expect(await refusal('vol-clone', 'link', 'stolen', '--pool', 'bad')).toContain('leads out of its pool');
  expect(await readFile(outside, 'utf8')).toBe('secret');
  expect(await stack.ok('vol-dumpxml', 'self.qcow2', 'bad')).toContain(
    `<path>${place('bad')}/self.qcow2</path>`,
  );
}, 60_000);

async function image(name: string): Promise<string> {
  const path = join(place('bad'), name);
  await output('qemu-img', ['create', '-q', '-f', 'qcow2', path, '1M']);
  return path;
}

test('a daemon killed in the middle of its work finds its pools again and leaves nothing half made', async () => {
  await startPool('crash');
  const bytes = randomBytes(64 << 20);
  const up = join(stack.root, 'large');
  await writeFile(up, bytes);
  await stack.ok('vol-create-as', 'crash', 'v', String(bytes.length), '--allocation', '0');
  const upload = background('virsh', ['-c', stack.uri, 'vol-upload', 'v', up, '--pool', 'crash']);
  const volume = join(place('crash'), 'v');
  await eventually('the upload to begin', async () => ((await stat(volume)).blocks > 0 ? true : undefined));
  // As one that was killed while it made a volume leaves it.
  await mkdir(join(place('crash'), '.modvirt-new-0123456789abcdef'));
  await restartDaemon();
  await upload.stop();
  expect(await stack.ok('pool-list', '--persistent')).toMatch(/crash\s+active/);
  expect(await readdir(place('crash'))).toEqual(['v']);
  await stack.ok('vol-upload', 'v', up, '--pool', 'crash');
  expect(digest(await readFile(volume))).toBe(digest(bytes));
}, 90_000);

test('a thousand files are looked at at once, and other calls go on meanwhile', async () => {
  await startPool('many');
  for (let at = 0; at < 1000; at++) await writeFile(join(place('many'), `f${at}`), 'x'.repeat(at));
  const began = performance.now();
  const refresh = stack.ok('pool-refresh', 'many');
  expect(await stack.ok('pool-info', 'data')).toContain('running');
  await refresh;
  expect(performance.now() - began).toBeLessThan(5000);
  const list = await stack.ok('vol-list', 'many', '--details');
  expect(list.split('\n').filter((line) => line.includes('/f'))).toHaveLength(1000);
}, 60_000);

test('a pool on a device is formatted, mounted, used and unmounted', async () => {
  const disk = join(stack.root, 'disk.img');
  await (await open(disk, 'w')).close();
  await output('truncate', ['-s', '64M', disk]);
  const device = (await output('losetup', ['--find', '--show', disk])).stdout.trim();
  expect(device).toMatch(/^\/dev\/loop/);
  try {
    await mkdir(join(stack.root, 'pools'), { recursive: true });
    const said = ['--source-dev', device, '--source-format', 'ext4', '--target', place('dev')];
    await stack.ok('pool-define-as', 'dev', 'fs', ...said);
    await stack.ok('pool-build', 'dev', '--no-overwrite');
    expect(await refusal('pool-build', 'dev', '--no-overwrite')).toContain('already');
    await stack.ok('pool-start', 'dev');
    const mounted = async (): Promise<boolean> =>
      (await readFile('/proc/self/mountinfo', 'utf8')).includes(` ${place('dev')} `);
    expect(await mounted()).toBe(true);
    await stack.ok('vol-create-as', 'dev', 'v', '1M');
    expect(await refusal('vol-create-as', 'dev', 'huge', '1G')).toMatch(/No space left/);
    expect((await readdir(place('dev'))).sort()).toEqual(['lost+found', 'v']);
    await restartDaemon();
    expect(await stack.ok('vol-list', 'dev')).toMatch(/v\s/);
    await stack.ok('pool-destroy', 'dev');
    expect(await mounted()).toBe(false);
    await stack.ok('pool-undefine', 'dev');
  } finally {
    await output('losetup', ['--detach', device]);
  }
}, 60_000);
