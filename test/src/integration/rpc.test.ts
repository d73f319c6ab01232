import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { type Connection, connect, linkTo } from '@modvirt/client';
import { UnixSockets } from '@modvirt/core/adapters';
import { loadNative } from '@modvirt/native';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { trivialProgram } from '../support/trivial/rows.js';
import { TrivialDaemon } from '../support/trivial-daemon.js';

let daemon: TrivialDaemon;
const open: Connection[] = [];

beforeAll(async () => {
  daemon = await TrivialDaemon.build();
});

afterEach(async () => {
  for (const connection of open.splice(0)) await connection.link.close();
  await daemon.kill('SIGKILL').catch((error: Error) => expect(error.message).toBe('not started'));
});

afterAll(() => daemon.remove());

async function connected(): Promise<Connection> {
  const connection = await connect({ daemon: 'triviald', root: daemon.root, uri: 'trivial:///' });
  open.push(connection);
  return connection;
}

const trivial = (connection: Connection) => connection.program(trivialProgram);

test('serves 10,000 pipelined calls of several clients', async () => {
  await daemon.start();
  const clients = await Promise.all(Array.from({ length: 4 }, connected));
  const started = performance.now();
  const sums = await Promise.all(
    Array.from({ length: 10_000 }, (_, i) => {
      const client = clients[i % clients.length];
      if (client === undefined) throw new Error('no client');
      return trivial(client).add({ a: BigInt(i), b: 1n });
    }),
  );
  const perSecond = Math.round(10_000_000 / (performance.now() - started));
  console.log(`pipelined: ${perSecond} calls/s`);
  expect(sums.map(({ sum }) => sum)).toEqual(Array.from({ length: 10_000 }, (_, i) => BigInt(i + 1)));
  const [first] = clients;
  if (first === undefined) throw new Error('no client');
  const serialStart = performance.now();
  for (let i = 0; i < 3000; i++) await trivial(first).add({ a: 1n, b: 1n });
  console.log(`serial: ${Math.round(3_000_000 / (performance.now() - serialStart))} calls/s`);
});

test('tells about itself and stops when asked to', async () => {
  await daemon.start();
  const { control } = await connected();
  expect(await control.daemonStatus()).toMatchObject({
    name: 'triviald',
    pid: daemon.pid,
    sessions: 1,
    callsInFlight: 1,
    isSocketActivated: 0,
  });
  expect(await control.daemonGetLogLevel()).toEqual({ level: 2 });
  await control.daemonSetLogLevel({ level: 1 });
  expect(await control.daemonGetLogLevel()).toEqual({ level: 1 });
  await control.daemonShutdown();
  expect(await daemon.ended()).toBe(0);
});

test('a client goes on over kill -9 of its daemon: repeats what it may, is told of the rest', async () => {
  await daemon.start();
  const connection = await connected();
  const firstPid = daemon.pid;
  const repeated = trivial(connection).wait({ ms: 500 });
  const once = trivial(connection).waitOnce({ ms: 500 });
  const refused = expect(once).rejects.toMatchObject({
    fields: { code: 38, domain: 7, message: 'End of file while reading data: Input/output error', int1: 5 },
  });
  await trivial(connection).add({ a: 1n, b: 1n });
  await daemon.kill('SIGKILL');
  await refused;
  await daemon.start();
  expect(await repeated).toEqual({ pid: daemon.pid });
  expect(daemon.pid).not.toBe(firstPid);
  expect(await trivial(connection).add({ a: 2n, b: 2n })).toEqual({ sum: 4n });
});

test('an event stream goes on over a restart and says what it cannot know', async () => {
  await daemon.start();
  const connection = await connected();
  const controller = new AbortController();
  const events = await connection.link.subscribe({ signal: controller.signal });
  await trivial(connection).emit({ count: 3, name: 'before' });
  const seen: string[] = [];
  const reading = (async () => {
    for await (const event of events) {
      seen.push('type' in event ? event.reason : `${event.name} ${event.sequence}`);
      if (seen.length === 3) await daemon.kill('SIGKILL').then(() => daemon.start());
      if (seen.at(-1) === 'expired') await trivial(connection).emit({ count: 2, name: 'after' });
      if (seen.length === 6) controller.abort();
    }
  })();
  await reading;
  expect(seen).toEqual(['before 1', 'before 2', 'before 3', 'expired', 'after 1', 'after 2']);
});

test('a subscriber that comes back within a run gets exactly what it missed', async () => {
  await daemon.start();
  const connection = await connected();
  const first = new AbortController();
  let position = { epoch: '', sequence: 0 };
  const events = await connection.link.subscribe({ signal: first.signal });
  await trivial(connection).emit({ count: 5, name: 'x' });
  for await (const event of events) {
    if ('type' in event) throw new Error('gap');
    position = { epoch: event.epoch, sequence: event.sequence };
    if (event.sequence === 2) first.abort();
    if (event.sequence === 2) break;
  }
  await trivial(connection).emit({ count: 5, name: 'x' });
  const second = new AbortController();
  const numbers: number[] = [];
  for await (const event of await connection.link.subscribe({ from: position, signal: second.signal })) {
    if ('type' in event) throw new Error('gap');
    numbers.push(event.sequence);
    if (event.sequence === 10) break;
  }
  expect(numbers).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
});

test('moves 64 MiB through a stream each way and a descriptor with a reply', async () => {
  await daemon.start();
  const full = (await connected()).full(trivialProgram);
  const size = 64 * 1024 * 1024;
  const { stream: down } = await full.download({ bytes: BigInt(size) });
  if (down === undefined) throw new Error('no stream');
  const started = performance.now();
  let received = 0;
  for (let item = await down.read(); item !== undefined; item = await down.read()) {
    received += item.type === 'data' ? item.bytes.length : 0;
  }
  console.log(`download: ${Math.round(size / 1024 / 1024 / ((performance.now() - started) / 1000))} MiB/s`);
  expect(received).toBe(size);
  down.finish();
  const { stream: up } = await full.upload();
  if (up === undefined) throw new Error('no stream');
  const chunk = new Uint8Array(1024 * 1024);
  for (let i = 0; i < 64; i++) await up.write(chunk);
  up.finish();
  expect(await up.read()).toBeUndefined();
  const { descriptors } = await full.memoryFile({ content: new TextEncoder().encode('hello') });
  expect(descriptors.map((descriptor) => readFileSync(descriptor, 'utf8'))).toEqual(['hello']);
});

test('peers that send rubbish or a length of 4 GiB lose their own link only', async () => {
  await daemon.start();
  const connection = await connected();
  const rubbish = [
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    Buffer.from([0xff, 0xff, 0xff, 0xff, 0]),
    Buffer.from([0, 0, 0, 2, 0x91, 0x63]),
    Buffer.from([0, 0, 0, 5, 0xdd, 0xff, 0xff, 0xff, 0xff]),
  ];
  for (const bytes of rubbish) {
    await new Promise<void>((resolve, reject) => {
      const socket = connectPlain(daemon.socket, () => socket.write(bytes));
      socket.on('close', () => resolve());
      socket.on('error', reject);
      socket.resume();
    });
  }
  expect(await trivial(connection).add({ a: 1n, b: 2n })).toEqual({ sum: 3n });
});

test('ends when idle, not while somebody is connected or work goes on', async () => {
  await daemon.start(['--timeout', '1']);
  const connection = await connected();
  await trivial(connection).busy({ isBusy: 1 });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await trivial(connection).busy({ isBusy: 0 });
  await connection.close();
  expect(await daemon.ended()).toBe(0);
});

test('takes its socket from systemd, ends when idle, and comes back for the next call', async () => {
  mkdirSync(`${daemon.root}/run/libvirt/rpc`, { recursive: true });
  const listener = new UnixSockets(loadNative()).listen(daemon.socket);
  try {
    await daemon.startActivated(listener.descriptor, 'triviald.socket', ['--timeout', '1']);
    const first = await connected();
    expect(await first.control.daemonStatus()).toMatchObject({ isSocketActivated: 1 });
    await first.close();
    expect(await daemon.ended()).toBe(0);
    const waiting = connected();
    await daemon.startActivated(listener.descriptor, 'triviald.socket', []);
    const second = await waiting;
    expect(await trivial(second).add({ a: 1n, b: 1n })).toEqual({ sum: 2n });
  } finally {
    listener.close();
  }
});

test('refuses to run twice and says who runs', async () => {
  await daemon.start();
  const second = await TrivialDaemon.build();
  second.root = daemon.root;
  const error = await second.start().then(
    () => 'started',
    (reason: Error) => reason.message,
  );
  await second.remove();
  expect(error).toContain(`running already as process ${daemon.pid}`);
});

test('reports what is wrong in its configuration with file and line, and does not start', async () => {
  const directory = `${daemon.root}/etc/libvirt`;
  mkdirSync(directory, { recursive: true });
  writeFileSync(`${directory}/triviald.conf`, 'max_clients = "many"\n');
  const error = await daemon.start().then(
    () => 'started',
    (reason: Error) => reason.message,
  );
  rmSync(`${directory}/triviald.conf`);
  expect(error).toContain("triviald.conf:1: expected an integer for 'max_clients' parameter");
});

test('says where it tried to connect when there is no daemon', async () => {
  const link = linkTo({ daemon: 'nosuchd', root: daemon.root });
  await expect(link.openSession({ uri: 'x:///', readOnly: false })).rejects.toMatchObject({
    fields: {
      code: 38,
      domain: 7,
      int1: 2,
      message: `Failed to connect socket to '${daemon.root}/run/libvirt/rpc/nosuchd.sock': No such file or directory`,
    },
  });
  await link.close();
});

test('a stop by signal answers what runs and ends with 0', async () => {
  await daemon.start();
  const connection = await connected();
  const waiting = trivial(connection).waitOnce({ ms: 60_000 });
  const told = expect(waiting).rejects.toMatchObject({
    fields: { message: expect.stringContaining('daemon is stopping') },
  });
  await trivial(connection).add({ a: 1n, b: 1n });
  const code = daemon.kill('SIGTERM');
  await told;
  expect(await code).toBe(0);
});

test('a call that may be repeated goes on over a graceful restart', async () => {
  await daemon.start();
  const connection = await connected();
  const repeated = trivial(connection).wait({ ms: 1000 });
  await trivial(connection).add({ a: 1n, b: 1n });
  expect(await daemon.kill('SIGTERM')).toBe(0);
  await daemon.start();
  expect(await repeated).toEqual({ pid: daemon.pid });
});
