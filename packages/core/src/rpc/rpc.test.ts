import { beforeEach, expect, test } from 'vitest';
import type { Call, CallStream, Session } from '../driver/call.js';
import type { Driver } from '../driver/driver.js';
import { handlerGroup, serveProgram } from '../driver/serve-program.js';
import { VirError } from '../errors/vir-error.js';
import type { PeerCredentials } from '../ports/byte-channel.js';
import { procedure } from '../protocol/procedure.js';
import { FakeClock } from '../testing/fake-clock.js';
import { FakeDescriptors } from '../testing/fake-descriptors.js';
import { MemoryChannel } from '../testing/memory-channel.js';
import { MemoryLogger } from '../testing/memory-logger.js';
import { flags, hyper, nothing, text } from '../wire/types.js';
import { ClientConnection } from './client-connection.js';
import { FrameWriter } from './frame-codec.js';
import { PlainCodecs } from './handshake.js';
import { RpcServer } from './rpc-server.js';

const base = { since: '1.0.0', priority: 'low', acl: [], doc: 'For tests.' } as const;
const rows = {
  add: procedure({
    ...base,
    number: 1,
    args: { a: hyper, b: hyper },
    returns: { sum: hyper },
    readOnly: true,
  }),
  fail: procedure({ ...base, number: 2, args: { text }, returns: nothing, api: 'virDomainSuspend' }),
  hang: procedure({ ...base, number: 3, args: {}, returns: nothing }),
  missing: procedure({ ...base, number: 4, args: {}, returns: nothing, api: 'virNetworkCreate' }),
  stream: procedure({ ...base, number: 5, args: {}, returns: nothing, stream: 'both' }),
  wrong: procedure({ ...base, number: 6, args: {}, returns: { sum: hyper } }),
  pass: procedure({ ...base, number: 7, args: {}, returns: nothing, descriptors: 'both' }),
  secure: procedure({
    ...base,
    number: 8,
    args: { flags },
    returns: nothing,
    readOnly: { deniedFlags: 4, argument: 'flags' },
    api: 'virDomainGetXMLDesc',
  }),
};
const program = { name: 'test', number: 99, version: 1, procedures: rows, events: {} };

/** A daemon and a client of it, over memory. */
class World {
  readonly clock = new FakeClock();
  readonly log = new MemoryLogger();
  readonly descriptors = new FakeDescriptors();
  readonly server: RpcServer;
  readonly hangs: Call[] = [];
  readonly streams: CallStream[] = [];
  readonly sessions: Session[] = [];
  readonly channels: { readonly ours: MemoryChannel; readonly theirs: MemoryChannel }[] = [];
  driver: Driver;

  constructor() {
    const { clock, log, descriptors } = this;
    this.server = new RpcServer({
      daemon: 'testd',
      version: '1',
      epoch: 'e1',
      clock,
      log,
      descriptors,
      ownUid: 7,
    });
    const group = handlerGroup(rows, async () => ({
      add: ({ a, b }) => ({ sum: a + b }),
      fail: ({ text: kind }) => {
        if (kind === 'bug') throw new TypeError('oops');
        throw VirError.of('NO_DOMAIN', kind);
      },
      hang: (_args, call) => {
        this.hangs.push(call);
        return new Promise((_resolve, reject) => {
          call.signal.addEventListener('abort', () => reject(call.signal.reason), { once: true });
        });
      },
      stream: (_args, call) => void this.streams.push(call.openStream()),
      wrong: () => ({}) as { sum: bigint },
      pass: (_args, call) => call.sendDescriptors(call.descriptors),
      secure: () => undefined,
    }));
    this.driver = {
      programs: [serveProgram(program, [group])],
      openSession: (session) => {
        if (session.uri === 'bad:///') throw VirError.of('NO_CONNECT', session.uri);
        this.sessions.push(session);
      },
    };
  }

  connect(peer: PeerCredentials = { pid: 1, uid: 0, gid: 0 }): ClientConnection {
    this.server.serve(this.driver);
    const [ours, theirs] = MemoryChannel.pair({ descriptors: this.descriptors, peer });
    this.channels.push({ ours, theirs });
    this.server.accept(theirs);
    const client = new ClientConnection(ours, {
      handshake: {
        greeting: { daemon: 'client', version: '1', epoch: 'c' },
        contracts: undefined,
        plainCodecs: new PlainCodecs(),
      },
      writer: new FrameWriter(),
      clock: this.clock,
      descriptors: this.descriptors,
      keepalive: { intervalMs: 5000, count: 5 },
    });
    client.start(() => undefined);
    return client;
  }

  async open(readOnly = false): Promise<ClientConnection> {
    const client = this.connect();
    await client.ready;
    await client.open(1, { uri: 'test:///', readOnly });
    return client;
  }
}

let world: World;
beforeEach(() => {
  world = new World();
});

function call(client: ClientConnection, name: keyof typeof rows, args: unknown = {}, options = {}) {
  return client.call(1, { program: 99, row: rows[name] }, args, options);
}

async function fieldsOf(promise: Promise<unknown>) {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof VirError)) throw new Error(`not refused as expected: ${String(error)}`);
  return error.fields;
}

test('calls a handler and gets its values', async () => {
  const client = await world.open();
  expect((await call(client, 'add', { a: 2n ** 62n, b: 5n })).values).toEqual({ sum: 2n ** 62n + 5n });
  expect(world.server.counts).toMatchObject({ links: 1, sessions: 1, callsInFlight: 0, callsTotal: 1 });
});

test('passes errors on with all their fields, and hides bugs behind internal errors', async () => {
  const client = await world.open();
  expect(await fieldsOf(call(client, 'fail', { text: 'web' }))).toEqual(
    VirError.of('NO_DOMAIN', 'web').fields,
  );
  expect(await fieldsOf(call(client, 'fail', { text: 'bug' }))).toMatchObject({
    code: 1,
    message: 'internal error: oops',
  });
  expect(world.log.lines.filter((line) => line.level === 'error')).toHaveLength(1);
});

test('answers what no handler is for, and what is no procedure, as libvirt does', async () => {
  const client = await world.open();
  expect(await fieldsOf(call(client, 'missing'))).toMatchObject({
    code: 3,
    domain: 19,
    message: 'this function is not supported by the connection driver: virNetworkCreate',
  });
  const unknown = { program: 99, row: { ...rows.add, number: 77 } };
  expect(await fieldsOf(client.call(1, unknown, { a: 1n, b: 1n }))).toMatchObject({
    code: 39,
    message: 'unknown procedure: 77',
  });
});

test('refuses writing calls on a read-only session', async () => {
  const client = await world.open(true);
  await expect(call(client, 'add', { a: 1n, b: 1n })).resolves.toBeDefined();
  expect(await fieldsOf(call(client, 'fail', { text: 'x' }))).toMatchObject({
    code: 29,
    domain: 20,
    message: 'operation forbidden: read only access prevents virDomainSuspend',
  });
  await expect(call(client, 'secure', { flags: 1 })).resolves.toBeDefined();
  expect(await fieldsOf(call(client, 'secure', { flags: 4 }))).toMatchObject({ code: 29 });
});

test('checks arguments and results on both sides', async () => {
  const client = await world.open();
  await expect(call(client, 'add', { a: 1n })).rejects.toThrow(/b/);
  const loose = { program: 99, row: { ...rows.add, args: { a: text } } };
  expect(await fieldsOf(client.call(1, loose, { a: 'x' }))).toMatchObject({
    code: 39,
    message: 'Unable to decode message payload',
  });
  expect(await fieldsOf(call(client, 'wrong'))).toMatchObject({ code: 1 });
});

test('cancels a call when its signal aborts, its deadline passes or its session ends', async () => {
  const client = await world.open();
  const controller = new AbortController();
  const cancelled = call(client, 'hang', {}, { signal: controller.signal });
  const late = call(client, 'hang', {}, { deadlineMs: 1000 });
  const orphan = call(client, 'hang');
  await expect.poll(() => world.hangs.length).toBe(3);
  controller.abort(new Error('enough'));
  await expect(cancelled).rejects.toThrow('enough');
  world.clock.advance(1000);
  expect(await fieldsOf(late)).toMatchObject({ code: 68 });
  await client.close(1);
  expect(await fieldsOf(orphan)).toMatchObject({ code: 78 });
  await expect.poll(() => world.hangs.map((hang) => hang.signal.aborted)).toEqual([true, true, true]);
  await expect.poll(() => world.server.counts.callsInFlight).toBe(0);
});

test('only root and our own user may speak for someone else', async () => {
  const stranger = world.connect({ pid: 2, uid: 1000, gid: 1000 });
  await stranger.ready;
  const claim = stranger.open(1, { uri: 'test:///', readOnly: false, identity: { uid: 0 } });
  expect(await fieldsOf(claim)).toMatchObject({ code: 45 });
  await stranger.open(2, { uri: 'test:///', readOnly: false });
  const trusted = world.connect({ pid: 3, uid: 7, gid: 7 });
  await trusted.ready;
  await trusted.open(1, { uri: 'test:///', readOnly: false, identity: { uid: 33, userName: 'www' } });
  expect(world.sessions.map((session) => session.identity)).toMatchObject([
    { uid: 1000, pid: 2 },
    { uid: 33 },
  ]);
});

test("runs the clean-up of a session when its link goes, and refuses sessions with the driver's error", async () => {
  const client = await world.open();
  expect(await fieldsOf(client.open(2, { uri: 'bad:///', readOnly: false }))).toMatchObject({ code: 5 });
  let cleaned = 0;
  world.sessions[0]?.onEnd(() => cleaned++);
  const lost = call(client, 'hang');
  client.destroy();
  await expect(lost).rejects.toThrow('the link to the daemon is gone');
  await expect.poll(() => cleaned).toBe(1);
});

test('passes descriptors there and back, and closes those that nobody takes', async () => {
  const client = await world.open();
  const given = world.descriptors.memoryFile('x', new Uint8Array(1));
  const { descriptors } = await call(client, 'pass', {}, { descriptors: [given] });
  expect(descriptors).toHaveLength(1);
  const refused = world.descriptors.memoryFile('y', new Uint8Array(1));
  await fieldsOf(call(client, 'missing', {}, { descriptors: [refused] }));
  for (const descriptor of descriptors) world.descriptors.close(descriptor);
  expect(world.descriptors.openCount).toBe(0);
});

test('streams both ways, stops at the window, and ends when both have finished', async () => {
  const client = await world.open();
  const { stream } = await call(client, 'stream');
  const far = world.streams[0];
  if (stream === undefined || far === undefined) throw new Error('no stream');
  let written = 0;
  const writing = (async () => {
    for (let i = 0; i < 40; i++) {
      await far.write(new Uint8Array(64 * 1024).fill(i));
      written++;
    }
    await far.writeHole(5n);
    far.finish();
  })();
  await expect.poll(() => written).toBe(16);
  let total = 0;
  let holes = 0n;
  for (let item = await stream.read(); item !== undefined; item = await stream.read()) {
    if (item.type === 'data') total += item.bytes.length;
    else holes += item.length;
  }
  await writing;
  expect([total, holes]).toEqual([40 * 64 * 1024, 5n]);
  await stream.write(new Uint8Array([1]));
  stream.finish();
  expect(await far.read()).toEqual({ type: 'data', bytes: new Uint8Array([1]) });
  expect(await far.read()).toBeUndefined();
  expect(stream.signal.aborted && far.signal.aborted).toBe(true);
});

test('aborting a stream breaks it at the other side with the error', async () => {
  const client = await world.open();
  const { stream } = await call(client, 'stream');
  const reading = world.streams[0]?.read();
  stream?.abort(VirError.of('OPERATION_FAILED', 'disk full'));
  await expect(reading).rejects.toThrow('operation failed: disk full');
});

test('stops gracefully: tells the clients, aborts the calls, sends their answers', async () => {
  const client = await world.open();
  const hanging = call(client, 'hang');
  await expect.poll(() => world.hangs.length).toBe(1);
  const stopped = world.server.stop(1000);
  expect(await fieldsOf(hanging)).toMatchObject({ message: expect.stringContaining('daemon is stopping') });
  await stopped;
  expect(client.isLeaving).toBe(true);
  expect(world.server.counts.links).toBe(0);
});

test('events wait in the log for one that does not read, and it is told what it has lost', async () => {
  const client = await world.open();
  const seen: (string | number)[] = [];
  await client.subscribe(undefined, (item) => seen.push('type' in item ? item.reason : item.sequence));
  const [channel] = world.channels;
  channel?.ours.pause();
  const payload = { text: 'x'.repeat(1000) };
  for (let i = 0; i < 30_000; i++) {
    world.server.events.emit({ object: 'domain', eventId: 9000, name: 'web', payload });
  }
  expect(channel?.theirs.pendingBytes).toBeLessThan(1024 * 1024);
  channel?.ours.resume();
  await expect.poll(() => seen.at(-1)).toBe('slow');
  world.server.events.emit({ object: 'domain', eventId: 9000, name: 'web', payload: {} });
  await expect.poll(() => seen.at(-1)).toBe(30_001);
  const numbers = seen.filter((item) => typeof item === 'number');
  expect(numbers.slice(0, -1)).toEqual(numbers.slice(0, -1).map((_, index) => index + 1));
});
