import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startStack, type TestStack } from '../support/stack.js';

// What the host is and what it can run, as Debian's virsh shows it.

let stack: TestStack;

beforeAll(async () => {
  stack = await startStack();
}, 180_000);

afterAll(async () => {
  await stack?.close();
}, 60_000);

const fails = async (...words: string[]): Promise<string> => (await stack.virsh(...words)).stderr;

test('tells the processors and memory of the host', async () => {
  const info = await stack.ok('nodeinfo');
  expect(info).toMatch(new RegExp(`^CPU\\(s\\): +${cpus().length}$`, 'm'));
  expect(info).toMatch(/^Memory size: +[1-9]\d+ KiB$/m);
  const total = /^MemTotal:\s+(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
  expect(await stack.ok('nodememstats')).toContain(`${total} KiB`);
  expect(await stack.ok('nodecpustats')).toMatch(/^idle: +\d{9,}$/m);
  expect(await stack.ok('nodecpumap')).toContain(`CPUs online:    ${cpus().length}`);
  expect(await stack.ok('freecell', '--all')).toMatch(/^ +0: +\d+ KiB$/m);
  expect(await stack.ok('freepages', '--all')).toMatch(/^4KiB: \d+$/m);
});

test.each([
  ['nodecpustats --cpu 9999', 'Invalid cpuNum in virHostCPUGetStatsLinux'],
  ['nodememstats --cell 999', 'cellNum in virHostMemGetStats must be less than or equal to '],
  ['freecell --cellno 999', 'internal error: start cell 999 out of range (0-'],
  ['freepages 0 --pagesize 3', 'operation failed: page size 3 is not available on node 0'],
  ['allocpages 4 1 --cellno 0', "Operation not supported: system pages pool can't be modified"],
  ['cpu-models foo', 'invalid argument: cannot find architecture foo'],
  ['nodesuspend mem 70', 'argument unsupported: Suspend-to-RAM'],
  ['domcapabilities --arch foo', 'invalid argument: unknown architecture: foo'],
  ['domcapabilities --virttype foo', 'invalid argument: unknown virttype: foo'],
  [
    'domcapabilities --machine foo',
    "invalid argument: the machine 'foo' is not supported by emulator '/usr/bin/qemu-system-x86_64'",
  ],
  ['domcapabilities --emulatorbin /bin/foo', 'Cannot check QEMU binary /bin/foo: No such file or directory'],
  ['domcapabilities --emulatorbin /bin/ls', 'Failed to start QEMU binary /bin/ls for probing: /bin/ls: '],
])('refuses virsh %s', async (command, words) => {
  expect(await fails(...command.split(' '))).toContain(words);
});

test('answers capabilities that the emulators explain, soon once they are known', async () => {
  const text = await stack.ok('capabilities');
  expect(text).toContain('<emulator>/usr/bin/qemu-system-x86_64</emulator>');
  expect(text).toMatch(/<machine canonical='pc-i440fx-[\d.]+' maxCpus='255'>pc<\/machine>/);
  expect(text).toContain("<domain type='qemu'/>");
  expect(text).toMatch(/<uuid>[0-9a-f-]{36}<\/uuid>/);
  expect(text).toContain('<model>none</model>');
  const start = performance.now();
  await stack.ok('capabilities');
  // A virsh that starts and ends is in it.
  expect(performance.now() - start).toBeLessThan(3000);
});

test('says what domains of a machine type can have', async () => {
  const text = await stack.ok('domcapabilities', '--virttype', 'qemu', '--machine', 'q35');
  expect(text).toMatch(/<machine>pc-q35-[\d.]+<\/machine>/);
  expect(text).toContain("<mode name='host-passthrough' supported='no'/>");
  expect(text).toContain('<value>virtio</value>');
});

test('compares CPUs and finds what they have in common', async () => {
  const directory = stack.root;
  const { writeFile } = await import('node:fs/promises');
  const cpu = (model: string) => `<cpu><arch>x86_64</arch><model>${model}</model></cpu>`;
  await writeFile(`${directory}/plain.xml`, cpu('486'));
  await writeFile(`${directory}/two.xml`, `${cpu('Nehalem')}\n${cpu('Westmere')}\n`);
  await writeFile(`${directory}/foo.xml`, cpu('foo'));
  expect(await stack.ok('cpu-compare', `${directory}/plain.xml`)).toContain('superset');
  expect(await stack.ok('cpu-baseline', `${directory}/two.xml`)).toContain(
    "<model fallback='allow'>Nehalem</model>",
  );
  expect(await fails('cpu-compare', `${directory}/foo.xml`)).toContain(
    'internal error: Unknown CPU model foo',
  );
});

test('a host that is asked much answers others meanwhile', async () => {
  const questions = Array.from({ length: 8 }, () => stack.ok('domcapabilities', '--virttype', 'qemu'));
  const [name] = await Promise.all([stack.ok('hostname'), ...questions]);
  expect(name.trim()).not.toBe('');
});
