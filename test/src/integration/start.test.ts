import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, isRunning, output } from '../support/stack.js';

// `npm start` without a terminal, on a root of its own.

const RUN = resolve(import.meta.dirname, '../../../tools/run.mjs');
const READY = 'Ctrl-C ends the daemons';
const MARKER = 'guest login: ready';

let root: string;
let uri: string;

beforeAll(async () => {
  // Open to nobody else, as a checkout in somebody's home.
  root = await mkdtemp(join(tmpdir(), 'modvirt-test-'));
  uri = `qemu:///system?socket=${root}/run/libvirt/libvirt-sock`;
});

afterAll(async () => {
  await output(process.execPath, [RUN, 'stack', 'up', '--root', root]);
  await output('virsh', ['-c', uri, 'destroy', 'hello']);
  await output(process.execPath, [RUN, 'stack', 'down', '--root', root]);
  await rm(root, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly text: string;
}

async function start(): Promise<Started> {
  const child = spawn(process.execPath, [RUN, 'start', '--root', root], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (piece: Buffer) => {
      text += piece.toString();
    });
  }
  await eventually(
    'the stack to be ready',
    () => {
      if (child.exitCode !== null) throw new Error(text);
      return text.includes(READY) || undefined;
    },
    240_000,
  );
  return { child, text };
}

async function stop({ child }: Started, signal: NodeJS.Signals): Promise<number | null> {
  const ended = once(child, 'exit');
  child.kill(signal);
  const [code] = await ended;
  return code as number | null;
}

function daemonPids(text: string): readonly number[] {
  return [...text.matchAll(/^ {2}virt\w+ +(\d+) {2}running/gm)].map((match) => Number(match[1]));
}

const guestPid = (): Promise<string> => readFile(join(root, 'run/libvirt/qemu/hello.pid'), 'utf8');

test('boots the guest to its login, and leaves it running when told to end', async () => {
  const first = await start();
  expect(first.text).toContain(MARKER);
  expect(first.text.includes(`nobody else may pass ${root}`)).toBe(process.getuid?.() === 0);
  expect(first.text).toMatch(/✓ booting hello \([\d.]+ s\)/);
  expect(first.text).toContain(`virsh -c '${uri}' list --all`);
  expect(first.text).toMatch(/^ {2}virtproxyd .*MB.*\n.* libvirt-sock$/m);
  const daemons = daemonPids(first.text);
  expect(daemons.length).toBeGreaterThanOrEqual(2);
  const listed = await output('virsh', ['-q', '-c', uri, 'list']);
  expect(listed.stdout).toMatch(/hello +running/);
  const pid = await guestPid();
  expect(await stop(first, 'SIGTERM')).toBe(0);
  expect(daemons.filter(isRunning)).toEqual([]);
  expect(isRunning(Number(pid))).toBe(true);

  const second = await start();
  expect(second.text).toContain('Guest hello was found again: running');
  expect(second.text).not.toContain(MARKER);
  expect(await guestPid()).toBe(pid);

  // Whoever was ended between starting and resuming it left it paused.
  await output('virsh', ['-q', '-c', uri, 'suspend', 'hello']);
  const resuming = await start();
  expect(resuming.text).toContain('Guest hello was found again: running');
  expect(await stop(resuming, 'SIGINT')).toBe(0);

  // What another one started is not its to end.
  const third = await start();
  expect(await stop(third, 'SIGINT')).toBe(0);
  expect(daemonPids(second.text).every(isRunning)).toBe(true);
  expect(await stop(second, 'SIGINT')).toBe(0);
}, 300_000);
