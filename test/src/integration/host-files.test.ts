import { chown, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyDomain } from '../support/domain-xml.js';
import { eventually, output, startStack, type TestStack } from '../support/stack.js';

const isRoot = process.getuid?.() === 0;

let stack: TestStack;

beforeAll(async () => {
  stack = await startStack();
}, 180_000);

afterAll(async () => {
  await stack?.close();
}, 60_000);

async function define(name: string, extra: string): Promise<void> {
  const path = join(stack.root, `${name}.xml`);
  await writeFile(path, emptyDomain(name, extra));
  await stack.ok('define', path);
}

async function owner(path: string): Promise<string> {
  const { uid, gid } = await stat(path);
  return `${uid}:${gid}`;
}

const disk = (path: string, more = '') =>
  `<devices><disk type='file'><driver name='qemu' type='raw'/><source file='${path}'/><target dev='vda' bus='virtio'/>${more}</disk></devices>`;

test.runIf(isRoot)(
  'a guest gets its image, and the owner gets it back, also when the daemon was away (needs root)',
  async () => {
    const image = join(stack.root, 'disk.img');
    await writeFile(image, Buffer.alloc(1 << 20), { mode: 0o600 });
    await chown(image, 1234, 4321);
    await define('owner', disk(image));
    await define('sharer', disk(image));
    await stack.ok('start', 'owner');
    const guest = await owner(image);
    expect(guest).not.toBe('1234:4321');
    const status = await readFile(`/proc/${await pidOf('owner')}/status`, 'utf8');
    expect(guest.split(':')[0]).toBe(/^Uid:\s+(\d+)/m.exec(status)?.[1]);
    await stack.ok('destroy', 'owner');
    expect(await owner(image)).toBe('1234:4321');

    await stack.ok('start', 'owner');
    process.kill(await stack.pidOf('virtqemud'), 'SIGKILL');
    process.kill(Number(await pidOf('owner')), 'SIGKILL');
    await stack.up();
    expect(await owner(image)).toBe('1234:4321');
  },
  60_000,
);

async function pidOf(name: string): Promise<string> {
  const { stdout } = await output('cat', [join(stack.root, `run/libvirt/qemu/${name}.pid`)]);
  return stdout;
}

test('images that are not there are refused in libvirt’s words, and nothing is left behind', async () => {
  await define('lost', disk('/nowhere/disk.img'));
  const { stderr } = await stack.virsh('start', 'lost');
  expect(stderr).toContain("Cannot access storage file '/nowhere/disk.img': No such file or directory");
  expect(await stack.ok('domstate', '--reason', 'lost')).toContain('shut off');
  const optional = `<devices><disk type='file' device='cdrom'><source file='/nowhere/cd.iso' startupPolicy='optional'/><target dev='hda' bus='ide'/></disk></devices>`;
  await define('optional', optional);
  await stack.ok('start', 'optional');
  expect(await stack.ok('dumpxml', 'optional')).not.toContain('/nowhere/cd.iso');
  await stack.ok('destroy', 'optional');
}, 30_000);

test('a kernel that is not there is refused', async () => {
  const path = join(stack.root, 'kernel.xml');
  await writeFile(path, emptyDomain('kernel').replace('</type>', '</type><kernel>/nowhere/vmlinuz</kernel>'));
  const { stderr } = await stack.virsh('create', path);
  if (isRoot) expect(stderr).toContain('unable to stat: /nowhere/vmlinuz: No such file or directory');
  expect((await stack.virsh('domstate', 'kernel')).stderr).toContain("failed to get domain 'kernel'");
}, 30_000);

test('marked domains start once in the life of the host', async () => {
  await define('marked', '');
  await stack.ok('autostart', 'marked');
  process.kill(await stack.pidOf('virtqemud'), 'SIGKILL');
  await stack.up();
  // The daemon began in this life of the host before: it starts nothing now.
  expect(await stack.ok('domstate', 'marked')).toContain('shut off');
  const marker = join(stack.root, 'run/libvirt/qemu/autostarted');
  process.kill(await stack.pidOf('virtqemud'), 'SIGKILL');
  await output('rm', [marker]);
  await stack.up();
  await eventually('the marked guest', async () =>
    (await stack.ok('domstate', 'marked')).includes('running') ? true : undefined,
  );
  expect((await stat(marker)).isFile()).toBe(true);
}, 60_000);

test('a definition that cannot be read hides no other and is left as it is', async () => {
  const directory = join(stack.root, 'etc/libvirt/qemu');
  await mkdir(join(directory, 'autostart'), { recursive: true });
  await define('readable', '');
  await writeFile(join(directory, 'broken.xml'), '<domain type="qemu"><name>broken</name><uuid>');
  await writeFile(join(directory, 'other.xml'), '<network/>');
  await symlink('/etc/passwd', join(directory, 'autostart/passwd.xml'));
  process.kill(await stack.pidOf('virtqemud'), 'SIGKILL');
  await stack.up();
  const names = await stack.ok('list', '--all', '--name');
  expect(names).toContain('readable');
  expect(names).not.toContain('broken');
  expect((await stat(join(directory, 'broken.xml'))).size).toBeGreaterThan(0);
}, 30_000);

test('definitions written by hand are completed, found by the name inside, and broken ones are forgotten', async () => {
  const directory = join(stack.root, 'etc/libvirt/qemu');
  await define('whole', '');
  const text = await readFile(join(directory, 'whole.xml'), 'utf8');
  await writeFile(
    join(directory, 'cut.xml'),
    text
      .replaceAll('whole', 'cut')
      .replace(/<uuid>.*/, '')
      .slice(0, -60),
  );
  await writeFile(join(directory, 'file-of-another-name.xml'), emptyDomain('by-hand'));
  process.kill(await stack.pidOf('virtqemud'), 'SIGKILL');
  await stack.up();
  expect(await stack.ok('dumpxml', 'by-hand')).toContain(
    "<controller type='pci' index='0' model='pci-root'/>",
  );
  await stack.ok('start', 'by-hand');
  await stack.ok('destroy', 'by-hand');
  await eventually('the end of what cannot be read', async () =>
    (await stack.ok('list', '--all', '--name')).includes('cut') ? undefined : true,
  );
  expect((await stat(join(directory, 'cut.xml'))).size).toBeGreaterThan(0);
  expect(await stack.ok('domstate', 'whole')).toContain('shut off');
}, 30_000);

test('an interface that names no address gets one, and keeps it', async () => {
  await define('plugged', "<devices><interface type='user'/></devices>");
  const address = /<mac address='(52:54:00:[0-9a-f:]{8})'/.exec(await stack.ok('dumpxml', 'plugged'))?.[1];
  expect(address).toBeDefined();
  process.kill(await stack.pidOf('virtqemud'), 'SIGKILL');
  await stack.up();
  expect(await stack.ok('dumpxml', 'plugged')).toContain(`<mac address='${address}'/>`);
}, 30_000);
