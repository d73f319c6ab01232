import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDomain } from '../support/domain-xml.js';
import { background, eventually, startStack, type TestStack } from '../support/stack.js';

let stack: TestStack;

beforeAll(async () => {
  stack = await startStack();
}, 180_000);

afterAll(async () => {
  await stack?.close();
}, 60_000);

async function xmlFile(name: string, xml: string): Promise<string> {
  await mkdir(join(stack.root, 'xml'), { recursive: true });
  const path = join(stack.root, 'xml', `${name}.xml`);
  await writeFile(path, xml);
  return path;
}

test('an unmodified virsh defines, boots, watches and ends a guest', async () => {
  const log = join(stack.root, 'events.txt');
  const events = background('virsh', ['-c', stack.uri, 'event', '--event', 'lifecycle', '--loop']);
  const file = await xmlFile('first', testDomain({ name: 'first', cmdline: 'tick' }));
  await stack.ok('define', file);
  expect(await stack.ok('list', '--all')).toMatch(/-\s+first\s+shut off/);
  await stack.ok('start', 'first');
  expect(await stack.ok('domstate', '--reason', 'first')).toContain('running (booted)');

  const console = background('script', [
    '-qec',
    `virsh -c '${stack.uri}' console first --force`,
    '/dev/null',
  ]);
  await eventually('a sign of life on the console', () =>
    console.text().includes('GUEST-TICK') ? true : undefined,
  );
  await console.stop();

  await stack.ok('suspend', 'first');
  expect(await stack.ok('domstate', '--reason', 'first')).toContain('paused (user)');
  await stack.ok('resume', 'first');
  expect(await stack.ok('domstate', '--reason', 'first')).toContain('running (unpaused)');

  await stack.ok('shutdown', 'first');
  await eventually('the guest to end', async () =>
    (await stack.ok('domstate', '--reason', 'first')).includes('shut off (shutdown)') ? true : undefined,
  );
  await stack.ok('undefine', 'first');
  await eventually('the last event', () => (events.text().includes('Undefined') ? true : undefined));
  await events.stop();
  await writeFile(log, events.text());
  const seen = [...events.text().matchAll(/event 'lifecycle' for domain '?first'?: (\w+) (\w+)/g)].map(
    (match) => `${match[1]} ${match[2]}`,
  );
  expect(seen).toEqual([
    'Defined Added',
    'Resumed Unpaused',
    'Started Booted',
    'Suspended Paused',
    'Resumed Unpaused',
    'Shutdown Finished',
    'Stopped Shutdown',
    'Undefined Removed',
  ]);
}, 90_000);

test('files are where libvirt has them, with its modes and header', async () => {
  const file = await xmlFile('files', testDomain({ name: 'files' }));
  await stack.ok('define', file);
  const config = await readFile(join(stack.root, 'etc/libvirt/qemu/files.xml'), 'utf8');
  expect(config.startsWith('<!--\nWARNING: THIS IS AN AUTO-GENERATED FILE.')).toBe(true);
  expect(config).toContain('  virsh edit files\n');
  await stack.ok('start', 'files', '--paused');
  expect(await stack.ok('domstate', '--reason', 'files')).toContain('paused (user)');
  const pid = await readFile(join(stack.root, 'run/libvirt/qemu/files.pid'), 'utf8');
  expect(pid).toMatch(/^\d+$/);
  const status = await readFile(join(stack.root, 'run/libvirt/qemu/files.xml'), 'utf8');
  expect(status).toContain(`<domstatus state='paused' reason='user' pid='${pid}'>`);
  const log = await readFile(join(stack.root, 'var/log/libvirt/qemu/files.log'), 'utf8');
  expect(log).toContain('-name guest=files,debug-threads=on');
  await stack.ok('destroy', 'files');
  await stack.ok('undefine', 'files');
}, 60_000);

test('guests run on while every daemon is killed, and are found again as they are', async () => {
  const file = await xmlFile('survivor', testDomain({ name: 'survivor', cmdline: 'tick' }));
  await stack.ok('create', file);
  const before = await readFile(join(stack.root, 'run/libvirt/qemu/survivor.pid'), 'utf8');
  for (const daemon of ['virtqemud', 'virtproxyd']) process.kill(await stack.pidOf(daemon), 'SIGKILL');
  await stack.up();
  expect(await stack.ok('domstate', '--reason', 'survivor')).toContain('running (booted)');
  expect(await readFile(join(stack.root, 'run/libvirt/qemu/survivor.pid'), 'utf8')).toBe(before);

  process.kill(await stack.pidOf('virtqemud'), 'SIGKILL');
  process.kill(Number(before), 'SIGKILL');
  await stack.up();
  // A transient domain that ended while nobody looked is gone.
  expect((await stack.virsh('domstate', 'survivor')).stderr).toContain("failed to get domain 'survivor'");
}, 90_000);
