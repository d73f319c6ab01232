import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ProxyStack } from '../support/proxy-stack.js';
import { RawClient } from '../support/raw-client.js';
import { eventually, output } from '../support/stack.js';

let stack: ProxyStack;

beforeAll(async () => {
  stack = await ProxyStack.build();
});
afterEach(() => stack.down());
afterAll(() => stack.remove());

const virtAdmin = async (...words: string[]): Promise<string> => {
  const uri = `libvirtd:///system?socket=${stack.adminSocket}`;
  const { status, stdout, stderr } = await output('virt-admin', ['-q', '-c', uri, ...words]);
  return status === 0 ? stdout.trim() : stderr.trim();
};

test('virt-admin sees servers and clients, and closes one', async () => {
  await stack.up();
  const client = await RawClient.opened(stack.socket);
  expect(await virtAdmin('server-list')).toMatch(/0\s+admin\s+1\s+virtproxyd/);
  expect(await virtAdmin('client-list', 'libvirtd')).toMatch(/^1\s+unix\s+20\d\d-/);
  const info = await virtAdmin('client-info', 'libvirtd', '1');
  expect(info).toMatch(/readonly\s*: no/);
  expect(info).toMatch(new RegExp(`unix_user_id\\s*: ${process.getuid?.()}\n`));
  expect(info).toMatch(new RegExp(`unix_process_id\\s*: ${process.pid}`));
  expect(await virtAdmin('client-disconnect', 'libvirtd', '1')).toContain('disconnected');
  await client.ended();
  expect(await virtAdmin('client-info', 'libvirtd', '1')).toContain("No client with matching ID '1'");
});

test('virt-admin changes limits, and they hold', async () => {
  await stack.up();
  await virtAdmin('server-clients-set', 'libvirtd', '--max-clients', '2', '--max-unauth-clients', '1');
  expect(await virtAdmin('server-clients-info', 'libvirtd')).toMatch(/nclients_max\s*: 2/);
  const clients = [await RawClient.opened(stack.socket), await RawClient.opened(stack.socket)];
  await expect(RawClient.connect(stack.socket).then((third) => third.ended())).resolves.toBeUndefined();
  for (const client of clients) client.close();
});

test('virt-admin sends the log to a file and chooses what is in it', async () => {
  await stack.up();
  const file = `${stack.root}/run/the.log`;
  expect(await virtAdmin('daemon-log-outputs', `1:file:${file}`)).toBe('');
  expect(await virtAdmin('daemon-log-outputs')).toBe(`1:file:${file}`);
  const client = await RawClient.connect(stack.socket);
  client.socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
  await client.ended();
  await eventually(
    'the line is there',
    () => /client connection broke/.test(readFileSync(file, 'utf8')) || undefined,
  );
  expect(await virtAdmin('daemon-log-outputs', '1:file:/nowhere/x')).toContain('failed to open /nowhere/x');
  expect(await virtAdmin('daemon-log-outputs')).toBe(`1:file:${file}`);
  await virtAdmin('daemon-log-filters', '4:client');
  expect(await virtAdmin('daemon-log-filters')).toBe('4:*client*');
});
