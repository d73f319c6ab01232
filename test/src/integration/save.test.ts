import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDomain } from '../support/domain-xml.js';
import { eventually, startStack, type TestStack } from '../support/stack.js';

let stack: TestStack;
let image: string;

/** A guest that has filled memory: writing it down takes a moment. */
beforeAll(async () => {
  stack = await startStack();
  image = join(stack.root, 'guest.save');
  const path = join(stack.root, 'guest.xml');
  await writeFile(path, testDomain({ name: 'guest' }));
  await stack.ok('define', path);
}, 180_000);

afterAll(async () => {
  await stack?.close();
}, 60_000);

const state = async (): Promise<string> => (await stack.ok('domstate', '--reason', 'guest')).trim();
const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Saved guests are packed by `format` from now on. */
async function configure(format: string): Promise<void> {
  await writeFile(join(stack.root, 'etc/libvirt/qemu.conf'), `save_image_format = "${format}"\n`);
  process.kill(await stack.pidOf('virtqemud'), 'SIGKILL');
  await stack.up();
}

/** The guest has come far enough to have something in its memory. */
async function bootGuest(): Promise<void> {
  await stack.ok('start', 'guest');
  await eventually('the guest to have read its kernel', async () => {
    const seconds = /CPU time: +([\d.]+)s/.exec(await stack.ok('dominfo', 'guest'))?.[1];
    return Number(seconds ?? 0) > 1.5 || undefined;
  });
}

test('a guest that was saved goes on from its file, and stays what it was', async () => {
  await bootGuest();
  const before = await stack.ok('dumpxml', '--inactive', 'guest');
  await stack.ok('save', 'guest', image);
  expect(await state()).toBe('shut off (saved)');
  expect((await stat(image)).mode & 0o777).toBe(0o600);
  expect((await readFile(image)).subarray(0, 16).toString()).toBe('LibvirtQemudSave');
  expect(await stack.ok('domjobinfo', 'guest', '--completed')).toMatch(/Operation: +Save/);
  await stack.ok('restore', image);
  expect(await state()).toBe('running (restored)');
  expect(await stack.ok('dumpxml', '--inactive', 'guest')).toBe(before);
}, 60_000);

test('the next start goes on from a managed save, or forgets it when told to', async () => {
  await stack.ok('managedsave', 'guest', '--paused');
  expect(await stack.ok('list', '--all', '--with-managed-save', '--name')).toContain('guest');
  expect(await stack.ok('managedsave-dumpxml', 'guest')).toContain('<name>guest</name>');
  await stack.ok('start', 'guest');
  expect(await state()).toBe('paused (migrating)');
  await stack.ok('resume', 'guest');
  await stack.ok('managedsave', 'guest');
  await stack.ok('start', '--force-boot', 'guest');
  expect(await state()).toBe('running (booted)');
  expect(await exists(join(stack.root, 'var/lib/libvirt/qemu/save/guest.save'))).toBe(false);
  await stack.ok('destroy', 'guest');
}, 60_000);

test('a save that is given up leaves the guest running and no file', async () => {
  await configure('xz');
  await bootGuest();
  const saving = stack.virsh('save', 'guest', image);
  await eventually('the save to be under way', async () =>
    (await stack.ok('domjobinfo', 'guest')).includes('Save') ? true : undefined,
  );
  // Whoever only asks is not held up.
  expect(await state()).toBe('paused (saving)');
  await stack.ok('domjobabort', 'guest');
  const { status, stderr } = await saving;
  expect(status).toBe(1);
  expect(stderr).toContain('operation aborted: domain save job: canceled by client');
  expect(await state()).toBe('running (save canceled)');
  expect(await exists(image)).toBe(false);
}, 90_000);

test('a daemon that is killed while it saves finds the guest, lets it run and forgets the file', async () => {
  const pid = await stack.pidOf('virtqemud');
  const saving = stack.virsh('managedsave', 'guest');
  await eventually('the save to be under way', async () =>
    (await state()) === 'paused (saving)' ? true : undefined,
  );
  process.kill(pid, 'SIGKILL');
  await stack.up();
  await saving;
  expect(await state()).toBe('running (save canceled)');
  expect(await exists(join(stack.root, 'var/lib/libvirt/qemu/save/guest.save'))).toBe(false);
  expect(await stack.ok('list', '--all', '--without-managed-save', '--name')).toContain('guest');
  await configure('zstd');
  await stack.ok('save', 'guest', image);
  await stack.ok('restore', image, '--paused', '--bypass-cache');
  await stack.ok('destroy', 'guest');
}, 90_000);

test('dumps hold the memory of a guest that goes on', async () => {
  await bootGuest();
  const path = join(stack.root, 'guest.core');
  await stack.ok('dump', 'guest', path, '--memory-only');
  expect((await readFile(path)).subarray(0, 4).toString('latin1')).toBe('\x7fELF');
  await stack.ok('dump', 'guest', path, '--live');
  expect(await state()).toBe('running (unpaused)');
  await stack.ok('dump', 'guest', path, '--crash', '--memory-only');
  expect(await state()).toBe('shut off (crashed)');
}, 60_000);
