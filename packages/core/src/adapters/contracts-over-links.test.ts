import { expect, test } from 'vitest';
import { handlerGroup, serveProgram } from '../driver/serve-program.js';
import { type Procedures, type Program, procedure } from '../protocol/procedure.js';
import { ClientConnection } from '../rpc/client-connection.js';
import { FrameWriter } from '../rpc/frame-codec.js';
import { PlainCodecs } from '../rpc/handshake.js';
import { RpcServer } from '../rpc/rpc-server.js';
import { FakeClock } from '../testing/fake-clock.js';
import { FakeDescriptors } from '../testing/fake-descriptors.js';
import { MemoryChannel } from '../testing/memory-channel.js';
import { MemoryLogger } from '../testing/memory-logger.js';
import { nothing, optional, text, uint } from '../wire/types.js';
import { avroContracts } from './avro-contracts.js';

// Two releases of one program: the newer has an optional argument and result more, and a procedure more.
const base = { since: '1.0.0', priority: 'low', acl: [], doc: 'For tests.' } as const;
const older = {
  same: procedure({ ...base, number: 1, args: { text }, returns: { text } }),
  grown: procedure({ ...base, number: 2, args: { text }, returns: { count: uint } }),
};
const newer = {
  same: older.same,
  grown: procedure({
    ...base,
    number: 2,
    args: { text, suffix: optional(text) },
    returns: { count: uint, note: optional(text) },
  }),
  added: procedure({ ...base, number: 3, args: {}, returns: nothing }),
};

const programOf = (procedures: Procedures): Program => ({
  name: 'p',
  number: 5,
  version: 1,
  procedures,
  events: {},
});
const contractsOf = (procedures: Procedures, fingerprint: string) =>
  avroContracts([{ program: programOf(procedures), fingerprint }]);

function world(server: Procedures, handlers: Record<string, (args: never) => unknown>): MemoryChannel {
  const parts = { clock: new FakeClock(), log: new MemoryLogger(), descriptors: new FakeDescriptors() };
  const rpc = new RpcServer({
    daemon: 'd',
    version: '1',
    epoch: 'e',
    ownUid: 0,
    ...parts,
  });
  const group = handlerGroup(server, async () => handlers as never);
  const driver = { programs: [serveProgram(programOf(server), [group])] };
  rpc.serve(driver, contractsOf(server, server === newer ? 'new' : 'old'));
  const [ours, theirs] = MemoryChannel.pair({ peer: { pid: 1, uid: 0, gid: 0 } });
  rpc.accept(theirs);
  return ours;
}

async function clientOf(channel: MemoryChannel, rows: Procedures): Promise<ClientConnection> {
  const client = new ClientConnection(channel, {
    handshake: {
      greeting: { daemon: 'c', version: '2', epoch: '' },
      contracts: contractsOf(rows, rows === newer ? 'new' : 'old'),
      plainCodecs: new PlainCodecs(),
    },
    writer: new FrameWriter(),
    clock: new FakeClock(),
    descriptors: new FakeDescriptors(),
    keepalive: { intervalMs: 5000, count: 5 },
  });
  client.start(() => undefined);
  await client.ready;
  await client.open(1, { uri: 'p:///', readOnly: false });
  return client;
}

test('an older client calls a newer daemon', async () => {
  const channel = world(newer, {
    same: (args) => args,
    grown: ({ text: given, suffix }: { text: string; suffix: string | null }) => ({
      count: given.length + (suffix === null ? 0 : 100),
      note: 'more',
    }),
  });
  const client = await clientOf(channel, older);
  const call = async (row: Procedures[string], args: unknown) =>
    (await client.call(1, { program: 5, row }, args)).values;
  expect(await call(older.same, { text: 'x' })).toEqual({ text: 'x' });
  expect(await call(older.grown, { text: 'four' })).toEqual({ count: 4 });
});

test('a newer client calls an older daemon, and is told what that cannot', async () => {
  const channel = world(older, {
    grown: (args: { text: string }) => ({ count: Object.keys(args).length }),
  });
  const client = await clientOf(channel, newer);
  const grown = client.call(1, { program: 5, row: newer.grown }, { text: 'four', suffix: 's' });
  expect((await grown).values).toEqual({ count: 1, note: null });
  await expect(client.call(1, { program: 5, row: newer.added }, {})).rejects.toThrow('unknown procedure: 3');
});

test('equals speak without exchanging anything', async () => {
  const client = await clientOf(world(newer, { same: (args) => args }), newer);
  const { values } = await client.call(1, { program: 5, row: newer.same }, { text: 'x' });
  expect(values).toEqual({ text: 'x' });
});
