import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ProxyStack } from '../support/proxy-stack.js';
import { RawClient } from '../support/raw-client.js';
import { background, eventually, output } from '../support/stack.js';

let stack: ProxyStack;

beforeAll(async () => {
  stack = await ProxyStack.build();
});
afterEach(() => stack.down());
afterAll(() => stack.remove());

const virsh = (...words: string[]) => output('virsh', ['-q', '-c', stack.uri, ...words]);

/** Runs a program in Debian's Python, which has libvirt's bindings. */
function python(text: string) {
  const file = join(stack.root, 'program.py');
  writeFileSync(file, `import libvirt, sys, time\nuri = ${JSON.stringify(stack.uri)}\n${text}`);
  return output('/usr/bin/python3', [file]);
}

test('virsh connects, asks and is refused', async () => {
  await stack.up();
  expect((await virsh('list', '--all')).stdout).toBe(' 1   guest   running\n');
  expect((await virsh('hostname')).stdout).toBe('plain\n');
  expect((await virsh('dominfo', 'nobody')).stderr).toContain("error: failed to get domain 'nobody'");
  expect((await virsh('net-list')).stderr).toContain(
    'this function is not supported by the connection driver: virConnectNumOfNetworks',
  );
  const other = await output('virsh', ['-c', `lxc:///system?socket=${stack.socket}`, 'list']);
  expect(other.stderr).toContain('error: no connection driver available for lxc:///system');
});

test.each([[''], [null]])(
  'a client that names no URI (%j) gets the hypervisor that is there',
  async (name) => {
    await stack.up();
    const client = await RawClient.connect(stack.socket);
    await client.call('connectOpen', { name, flags: 0 });
    expect(await client.call('connectGetUri')).toEqual({ uri: 'qemu:///system' });
    client.close();
  },
);

test('a read-only client may look and not touch', async () => {
  await stack.up();
  const uri = `qemu:///system?socket=${stack.socket}-ro`;
  expect((await output('virsh', ['-q', '-c', uri, 'hostname'])).stdout).toBe('plain\n');
  const refused = await output('virsh', ['-q', '-c', uri, 'suspend', 'guest']);
  expect(refused.stderr).toContain('operation forbidden: read only access prevents virDomainSuspend');
});

test('python’s event loop sees events and keepalive', async () => {
  await stack.up();
  const result = await python(`
libvirt.virEventRegisterDefaultImpl()
conn = libvirt.open(uri)
conn.setKeepAlive(1, 3)
seen = []
conn.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, lambda c, d, e, x, o: seen.append((d.name(), e, x)), None)
conn.registerCloseCallback(lambda c, r, o: seen.append(('closed', r)), None)
conn.lookupByName('event')
end = time.time() + 10
while not seen and time.time() < end:
    libvirt.virEventRunDefaultImpl()
start = time.time()
while time.time() < start + 3:
    libvirt.virEventRunDefaultImpl()
print(seen, conn.isAlive(), conn.getHostname())
conn.close()
`);
  expect(result.stdout).toBe("[('guest', 2, 0)] 1 plain\n");
});

test('streams carry data both ways, and descriptors come with replies', async () => {
  await stack.up();
  const result = await python(`
conn = libvirt.open(uri)
dom = conn.lookupByName('guest')
stream = conn.newStream()
print(dom.screenshot(stream, 1))
total = 0
while True:
    data = stream.recv(1 << 18)
    if not data: break
    total += len(data)
stream.finish()
print(total)
console = conn.newStream()
dom.openConsole(None, console)
console.send(b'hello')
print(console.recv(100))
console.abort()
import os
fd = dom.openGraphicsFD(0)
os.lseek(fd, 0, 0)
print(os.read(fd, 10))
`);
  expect(result.stderr).toBe('');
  expect(result.stdout).toBe("image/plain\n16777216\nb'hello'\nb'hello'\n");
});

test('several clients work while calls of others hang, and a hanging call ends with its client', async () => {
  stack.configure('max_client_requests = 5\n');
  await stack.up();
  const hanging = await RawClient.opened(stack.socket);
  const { dom } = (await hanging.call('domainLookupByName', { name: 'hang' })) as { dom: unknown };
  const lost = Array.from({ length: 20 }, () => hanging.call('domainSuspend', { dom }));
  for (const call of lost) call.catch(() => undefined);
  expect(await hanging.call('connectGetHostname')).toEqual({ hostname: 'plain' });
  const asked = Array.from({ length: 5 }, () => virsh('list', '--all'));
  for (const { status } of await Promise.all(asked)) expect(status).toBe(0);
  hanging.close();
  expect((await virsh('hostname')).status).toBe(0);
});

test('rubbish, half messages and 4 GiB cost their sender its connection and nobody else anything', async () => {
  stack.configure('max_clients = 200\n');
  await stack.up();
  const good = await RawClient.opened(stack.socket);
  for (const bytes of ['GET / HTTP/1.1\r\n\r\n', '\xff\xff\xff\xff', '\x00\x00\x00\x01']) {
    const bad = await RawClient.connect(stack.socket);
    bad.socket.write(Buffer.from(bytes, 'latin1'));
    await bad.ended();
  }
  const halves = await Promise.all(Array.from({ length: 50 }, () => RawClient.connect(stack.socket)));
  for (const half of halves) half.socket.write(Buffer.from([0, 0, 0, 28, 0x20]));
  expect(await good.call('connectGetHostname')).toEqual({ hostname: 'plain' });
  for (const half of halves) half.close();
  good.close();
});

test('a client that reads nothing does not make the proxy keep all it asked for', async () => {
  await stack.up();
  const greedy = await RawClient.opened(stack.socket);
  greedy.socket.pause();
  for (let i = 0; i < 400; i++) greedy.call('connectGetCapabilities').catch(() => undefined);
  for (let i = 0; i < 10; i++) expect((await virsh('hostname')).status).toBe(0);
  const status = readFileSync(`/proc/${stack.pidOf('virtproxyd')}/status`, 'utf8');
  const rssKiB = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
  expect(rssKiB).toBeLessThan(300_000);
  greedy.close();
});

test('clients stay when the daemon behind is killed and started again', async () => {
  await stack.up();
  const client = await RawClient.opened(stack.socket);
  await stack.stop('virtqemud');
  const asked = client.call('connectGetHostname');
  await stack.start('virtqemud');
  expect(await asked).toEqual({ hostname: 'plain' });
  expect(await client.call('domainLookupByName', { name: 'guest' })).toMatchObject({
    dom: { name: 'guest' },
  });
  client.close();
});

test('thousands of connections come and go', async () => {
  await stack.up();
  const started = performance.now();
  for (let round = 0; round < 40; round++) {
    const clients = await Promise.all(Array.from({ length: 50 }, () => RawClient.opened(stack.socket)));
    for (const client of clients) client.close();
  }
  const perSecond = Math.round(2_000_000 / (performance.now() - started));
  console.log(`connect-open-close: ${perSecond}/s with both sides in Node`);
  await eventually('descriptors are closed', () => {
    const open = readdirSync(`/proc/${stack.pidOf('virtproxyd')}/fd`).length;
    return open < 60 ? open : undefined;
  });
});

test('calls per second', async () => {
  await stack.up();
  const client = await RawClient.opened(stack.socket);
  for (let i = 0; i < 2000; i++) await client.call('connectGetHostname');
  const rate = async (calls: number, work: () => Promise<unknown>): Promise<number> => {
    const started = performance.now();
    await work();
    return Math.round((calls * 1000) / (performance.now() - started));
  };
  const serial = await rate(5000, async () => {
    for (let i = 0; i < 5000; i++) await client.call('connectGetHostname');
  });
  const pipelined = await rate(30_000, () =>
    Promise.all(Array.from({ length: 30_000 }, () => client.call('connectGetHostname'))),
  );
  console.log(`through the proxy: ${serial} calls/s one by one, ${pipelined} pipelined`);
  expect(serial).toBeGreaterThan(500);
  client.close();
});

test('a bad configuration is reported with file and line', async () => {
  stack.configure('\nmax_clients = "many"\n');
  await expect(stack.up()).rejects.toThrow(
    /virtproxyd\.conf:2: expected an integer for 'max_clients' parameter/,
  );
});

test('virsh event waits for what happens', async () => {
  await stack.up();
  const waiting = background('virsh', [
    '-q',
    '-c',
    stack.uri,
    'event',
    '--event',
    'lifecycle',
    '--timeout',
    '20',
  ]);
  await eventually('an event is seen', async () => {
    await virsh('domid', 'event');
    return /event 'lifecycle' for domain 'guest': Started/.test(waiting.text()) || undefined;
  });
  await waiting.stop();
});
