import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyDomain } from '../support/domain-xml.js';
import { startStack, type TestStack } from '../support/stack.js';

let stack: TestStack;

beforeAll(async () => {
  stack = await startStack();
}, 180_000);

afterAll(async () => {
  await stack?.close();
}, 60_000);

/** QEMU processes of this stack, by the name of their guest. */
async function guestProcesses(): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const name = /^\S*qemu-system.*guest=([^,\0]+)/s.exec(command)?.[1];
    if (name !== undefined && command.includes(`${stack.root}/`)) found.push(name);
  }
  return found.sort();
}

const runningNames = async (): Promise<string[]> =>
  (await stack.ok('list', '--name'))
    .split('\n')
    .filter((name) => name !== '')
    .sort();

test('a daemon that is killed in the middle of starts leaves no guest that nobody knows of', async () => {
  const names = Array.from({ length: 8 }, (_, i) => `crash${i}`);
  for (const name of names) {
    const path = join(stack.root, `${name}.xml`);
    await writeFile(path, emptyDomain(name));
    await stack.ok('define', path);
  }
  const acknowledged = new Set<string>();
  for (let round = 0; round < 8; round++) {
    const pid = await stack.pidOf('virtqemud');
    const starts = names
      .filter((name) => !acknowledged.has(name))
      .slice(0, 2)
      .map(async (name) => {
        const { status } = await stack.virsh('start', name);
        if (status === 0) acknowledged.add(name);
      });
    await new Promise((wake) => setTimeout(wake, 40 + round * 25));
    process.kill(pid, 'SIGKILL');
    await stack.up();
    await Promise.all(starts);
    const running = await runningNames();
    // What was acknowledged is there, and nothing runs that is not listed.
    expect(running).toEqual(expect.arrayContaining([...acknowledged]));
    expect(await guestProcesses()).toEqual(running);
    const directories = (await readdir(join(stack.root, 'var/lib/libvirt/qemu'))).filter((it) =>
      it.startsWith('domain-'),
    );
    expect(directories.length).toBe(running.length);
    for (const name of running) acknowledged.add(name);
  }
}, 120_000);

test('definitions that were acknowledged survive the end of the daemon, whenever it comes', async () => {
  const acknowledged: string[] = [];
  for (let round = 0; round < 4; round++) {
    const pid = await stack.pidOf('virtqemud');
    const killed = new Promise<void>((resolve) =>
      setTimeout(
        () => {
          process.kill(pid, 'SIGKILL');
          resolve();
        },
        60 + round * 40,
      ),
    );
    const defines = Array.from({ length: 4 }, async (_, i) => {
      const name = `kept-${round}-${i}`;
      const path = join(stack.root, `${name}.xml`);
      await writeFile(path, emptyDomain(name));
      if ((await stack.virsh('define', path)).status === 0) acknowledged.push(name);
    });
    await killed;
    await stack.up();
    await Promise.all(defines);
  }
  const names = (await stack.ok('list', '--all', '--name')).split('\n');
  expect(names).toEqual(expect.arrayContaining(acknowledged));
  for (const name of acknowledged) expect(await stack.ok('dumpxml', name)).toContain(`<name>${name}</name>`);
}, 120_000);
