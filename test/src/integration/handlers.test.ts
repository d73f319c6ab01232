import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyDomain, testDomain } from '../support/domain-xml.js';
import {
  background,
  eventually,
  guestIsBuilt,
  output,
  startStack,
  type TestStack,
} from '../support/stack.js';

// What a guest reports of itself needs one that boots.
const testWithGuest = test.skipIf(!guestIsBuilt());

const BALLOON = "<memballoon model='virtio'><stats period='1'/></memballoon>";

let stack: TestStack;

beforeAll(async () => {
  stack = await startStack();
}, 180_000);

afterAll(async () => {
  await stack?.close();
}, 60_000);

async function define(name: string, xml: string): Promise<void> {
  await mkdir(join(stack.root, 'xml'), { recursive: true });
  const path = join(stack.root, 'xml', `${name}.xml`);
  await writeFile(path, xml);
  await stack.ok('define', path);
}

/** The figures of one domain, as virsh prints them. */
async function figures(name: string, ...words: string[]): Promise<Map<string, string>> {
  const text = await stack.ok('domstats', name, ...words);
  return new Map([...text.matchAll(/^\s+([^=\s]+)=(.*)$/gm)].map(([, key = '', value = '']) => [key, value]));
}

test('title, description and an application’s own XML survive in both definitions', async () => {
  await define('noted', emptyDomain('noted'));
  const events = background('virsh', [
    '-c',
    stack.uri,
    'event',
    'noted',
    '--event',
    'metadata-change',
    '--loop',
  ]);
  await stack.ok('start', 'noted', '--paused');
  await stack.ok('desc', 'noted', '--title', '--live', '--config', 'A title');
  await stack.ok('desc', 'noted', '--config', 'Only later');
  const app = ['metadata', 'noted', 'urn:app', '--key', 'app'];
  await eventually('somebody to listen', async () => {
    await stack.ok(...app, '--set', '<mine><x/></mine>', '--live', '--config');
    return events.text().includes('urn:app') ? true : undefined;
  });
  expect(await stack.ok('desc', 'noted', '--title')).toContain('A title');
  expect(await stack.ok('desc', 'noted', '--config')).toContain('Only later');
  expect((await stack.ok('desc', 'noted')).trim()).toBe('');
  expect(await stack.ok('metadata', 'noted', 'urn:app')).toContain('<mine>\n  <x/>\n</mine>');
  expect((await stack.virsh('desc', 'noted', '--title', 'two\nlines')).stderr).toContain(
    "metadata title can't contain newlines",
  );
  await events.stop();
  const file = await readFile(join(stack.root, 'etc/libvirt/qemu/noted.xml'), 'utf8');
  expect(file).toContain('<app:mine xmlns:app="urn:app">');
  expect(file).toContain('<description>Only later</description>');
  const status = await readFile(join(stack.root, 'run/libvirt/qemu/noted.xml'), 'utf8');
  expect(status).toContain('<title>A title</title>');
  await stack.ok('destroy', 'noted');
}, 60_000);

testWithGuest(
  'domstats tells what a guest does, group by group',
  async () => {
    const image = join(stack.root, 'disk.img');
    await writeFile(image, new Uint8Array(1024 * 1024));
    const disk = `<disk type='file' device='disk'><source file='${image}'/><target dev='vda' bus='virtio'/></disk>`;
    await define('busy', testDomain({ name: 'busy', devices: `${disk}${BALLOON}` }));
    const before = await figures('busy');
    expect(before.get('state.state')).toBe('5');
    expect(before.get('block.0.capacity')).toBe(String(1024 * 1024));
    await stack.ok('start', 'busy');
    const running = await eventually(
      'the guest to report its memory',
      async () => {
        const found = await figures('busy');
        return found.has('balloon.unused') ? found : undefined;
      },
      60_000,
    );
    expect(running.get('balloon.maximum')).toBe(String(192 * 1024));
    expect(Number(running.get('balloon.available'))).toBeGreaterThan(100_000);
    expect(Number(running.get('cpu.time'))).toBeGreaterThan(0);
    expect(running.get('vcpu.0.state')).toBe('1');
    expect(running.get('block.0.path')).toBe(image);
    expect(Number(running.get('block.0.rd.reqs'))).toBeGreaterThan(0);
    expect([...(await figures('busy', '--state')).keys()]).toEqual(['state.state', 'state.reason']);
    expect(await stack.ok('dommemstat', 'busy')).toMatch(/actual 196608\n[\s\S]*rss \d+/);
    expect(await stack.ok('vcpuinfo', 'busy')).toMatch(/State:\s+running/);
    expect(await stack.ok('domblkinfo', 'busy', 'vda')).toMatch(/Capacity:\s+1048576/);
    expect(await stack.ok('domblkstat', 'busy', 'vda')).toMatch(/vda rd_req \d+/);
    await stack.ok('setmem', 'busy', '150M', '--live');
    await eventually('the balloon to grow', async () =>
      (await figures('busy', '--balloon')).get('balloon.current') === String(150 * 1024) ? true : undefined,
    );
    await stack.ok('send-key', 'busy', 'KEY_LEFTCTRL', 'KEY_C');
    await stack.ok('destroy', 'busy');
  },
  120_000,
);

test('a guest that hangs costs domstats its own figures only', async () => {
  for (const name of ['well', 'hung']) {
    await define(name, emptyDomain(name, '').replace('</domain>', `<devices>${BALLOON}</devices></domain>`));
    await stack.ok('start', name, '--paused');
  }
  const pid = Number(await readFile(join(stack.root, 'run/libvirt/qemu/hung.pid'), 'utf8'));
  process.kill(pid, 'SIGSTOP');
  try {
    const text = await stack.ok('domstats', '--nowait', 'well', 'hung');
    const [well = '', hung = ''] = text.split("Domain: 'hung'");
    expect(well).toContain('balloon.last-update');
    expect(hung).toContain('balloon.current');
    expect(hung).not.toContain('balloon.last-update');
    expect(await stack.ok('domstate', 'hung')).toContain('paused');
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  for (const name of ['well', 'hung']) await stack.ok('destroy', name);
}, 60_000);

test('a raw monitor command answers as QEMU does, and taints the guest for good', async () => {
  await define('raw', emptyDomain('raw'));
  await stack.ok('start', 'raw', '--paused');
  expect(await stack.ok('dominfo', 'raw')).not.toContain('tainted');
  const answer = await stack.ok('qemu-monitor-command', 'raw', '{"execute":"query-status"}');
  expect(answer).toMatch(/^\{"return":\{.*"running":false.*\},"id":"libvirt-\d+"\}/);
  expect(await stack.ok('qemu-monitor-command', 'raw', '--hmp', 'info status')).toContain(
    'VM status: paused',
  );
  const refused = await stack.ok('qemu-monitor-command', 'raw', '{"execute":"no-such-command"}');
  expect(refused).toContain('"class":"CommandNotFound"');
  const tainted = 'tainted: custom monitor control commands issued';
  expect(await stack.ok('dominfo', 'raw')).toContain(tainted);
  process.kill(await stack.pidOf('virtqemud'), 'SIGKILL');
  await stack.up();
  expect(await stack.ok('dominfo', 'raw')).toContain(tainted);
  await stack.ok('destroy', 'raw');
}, 60_000);

test('a screenshot is a picture of the display that was asked for', async () => {
  const video = "<devices><video><model type='vga'/></video></devices>";
  await define('shown', emptyDomain('shown').replace('</domain>', `${video}</domain>`));
  await stack.ok('start', 'shown', '--paused');
  const file = join(stack.root, 'shot.png');
  await stack.ok('screenshot', 'shown', file);
  expect([...(await readFile(file)).subarray(1, 4)].map((it) => String.fromCharCode(it)).join('')).toBe(
    'PNG',
  );
  const other = await stack.virsh('screenshot', 'shown', file, '--screen', '1');
  expect(other.stderr).toContain('no such screen ID');
  await stack.ok('destroy', 'shown');
}, 60_000);

test('undefining a domain does with what is kept beside it as it is told', async () => {
  const nvram = join(stack.root, 'var/lib/libvirt/qemu/nvram/kept_VARS.fd');
  const save = join(stack.root, 'var/lib/libvirt/qemu/save/kept.save');
  const loader = `<loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.fd</loader><nvram>${nvram}</nvram></os>`;
  const xml = emptyDomain('kept', '<features><acpi/></features>')
    .replace("machine='pc'", "machine='q35'")
    .replace('</os>', loader);
  await define('kept', xml);
  for (const path of [nvram, save]) {
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, 'kept');
  }
  // What another daemon left is found at the start.
  process.kill(await stack.pidOf('virtqemud'), 'SIGKILL');
  await stack.up();
  const plain = await stack.virsh('undefine', 'kept');
  expect(plain.stderr).toContain('Refusing to undefine while domain managed save image exists');
  const half = await stack.virsh('undefine', 'kept', '--managed-save');
  expect(half.stderr).toContain('cannot undefine domain with nvram');
  expect((await stat(save)).isFile()).toBe(true);
  await stack.ok('undefine', 'kept', '--managed-save', '--keep-nvram', '--snapshots-metadata');
  expect((await stat(nvram)).isFile()).toBe(true);
  await expect(stat(save)).rejects.toMatchObject({ code: 'ENOENT' });
}, 60_000);

test('a guest with autodestroy ends with the client that started it', async () => {
  const file = join(stack.root, 'xml', 'brief.xml');
  await mkdir(join(stack.root, 'xml'), { recursive: true });
  await writeFile(file, emptyDomain('brief'));
  const client = background('virsh', ['-c', stack.uri]);
  client.send(`create ${file} --paused --autodestroy\n`);
  await eventually('the guest to run', async () =>
    (await stack.virsh('domstate', 'brief')).stdout.includes('paused') ? true : undefined,
  );
  await client.stop();
  await eventually('the guest to be gone', async () =>
    (await stack.virsh('domstate', 'brief')).status !== 0 ? true : undefined,
  );
}, 60_000);

test('definitions take other sizes, within what they say', async () => {
  await define('sized', emptyDomain('sized'));
  await stack.ok('setvcpus', 'sized', '4', '--maximum', '--config');
  await stack.ok('setvcpus', 'sized', '2', '--config');
  expect(await stack.ok('vcpucount', 'sized')).toMatch(/maximum\s+config\s+4\n[\s\S]*current\s+config\s+2/);
  expect((await stack.virsh('setvcpus', 'sized', '9', '--config')).stderr).toContain(
    'requested vcpus is greater than max allowable vcpus for the persistent domain: 9 > 4',
  );
  await stack.ok('setmaxmem', 'sized', '96M');
  await stack.ok('setmem', 'sized', '80M', '--config');
  const { stdout } = await output('virsh', ['-c', stack.uri, 'dumpxml', 'sized']);
  expect(stdout).toContain("<memory unit='KiB'>98304</memory>");
  expect(stdout).toContain("<currentMemory unit='KiB'>81920</currentMemory>");
  expect(stdout).toContain("<vcpu placement='static' current='2'>4</vcpu>");
}, 60_000);

test('firmware variables begin as a copy, stay from start to start, and begin anew when told', async () => {
  const firmware = join(stack.root, 'firmware');
  await mkdir(firmware, { recursive: true });
  const [code, template] = [join(firmware, 'code.fd'), join(firmware, 'vars.fd')];
  await writeFile(code, new Uint8Array(1024 * 1024));
  await writeFile(template, new Uint8Array(256 * 1024).fill(0x61));
  const nvram = join(stack.root, 'var/lib/libvirt/qemu/nvram/fresh_VARS.fd');
  const loader = `<loader readonly='yes' type='pflash'>${code}</loader><nvram template='${template}'>${nvram}</nvram></os>`;
  const xml = emptyDomain('fresh', '<features><acpi/></features>')
    .replace("machine='pc'", "machine='q35'")
    .replace('</os>', loader);
  await define('fresh', xml);
  const firstByte = async (): Promise<string> => (await readFile(nvram, 'latin1')).slice(0, 1);
  await stack.ok('start', 'fresh', '--paused');
  expect(await firstByte()).toBe('a');
  await stack.ok('destroy', 'fresh');
  await writeFile(nvram, new Uint8Array(256 * 1024).fill(0x62));
  await stack.ok('start', 'fresh', '--paused');
  expect(await firstByte()).toBe('b');
  await stack.ok('destroy', 'fresh');
  await stack.ok('start', 'fresh', '--paused', '--reset-nvram');
  expect(await firstByte()).toBe('a');
  await stack.ok('destroy', 'fresh');
  await stack.ok('undefine', 'fresh', '--nvram');
  await expect(stat(nvram)).rejects.toMatchObject({ code: 'ENOENT' });
}, 60_000);

test('threads of a guest that runs move to the processors that are named', async () => {
  await define('bound', emptyDomain('bound'));
  await stack.ok('start', 'bound', '--paused');
  await stack.ok('vcpupin', 'bound', '0', '0', '--live', '--config');
  expect(await stack.ok('vcpuinfo', 'bound')).toMatch(/CPU Affinity:\s+y-*$/m);
  await stack.ok('schedinfo', 'bound', '--config', '--set', 'cpu_shares=300');
  const config = await stack.ok('dumpxml', 'bound', '--inactive');
  expect(config).toContain('<shares>300</shares>');
  expect(config).toContain("<vcpupin vcpu='0' cpuset='0'/>");
  const live = await stack.virsh('schedinfo', 'bound', '--live', '--set', 'cpu_shares=300');
  expect(live.stderr).toContain('cgroup CPU controller is not mounted');
  await stack.ok('destroy', 'bound');
}, 60_000);

test('a disk grows while its guest runs', async () => {
  const image = join(stack.root, 'growing.img');
  await writeFile(image, new Uint8Array(1024 * 1024));
  const disk = `<devices><disk type='file' device='disk'><source file='${image}'/><target dev='vda' bus='virtio'/></disk></devices>`;
  await define('growing', emptyDomain('growing').replace('</domain>', `${disk}</domain>`));
  await stack.ok('start', 'growing', '--paused');
  await stack.ok('blockresize', 'growing', 'vda', '3M');
  expect(await stack.ok('domblkinfo', 'growing', 'vda')).toMatch(/Capacity:\s+3145728/);
  expect((await stat(image)).size).toBe(3 * 1024 * 1024);
  await stack.ok('destroy', 'growing');
}, 60_000);
