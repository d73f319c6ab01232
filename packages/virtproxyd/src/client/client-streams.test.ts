import type { CallStream } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { remoteProgram } from '@modvirt/core/protocol';
import { streamPair } from '@modvirt/core/testing';
import { decodeError } from '@modvirt/core/wire';
import { describe, expect, test } from 'vitest';
import { ProxyFixture, settle } from '../testing/proxy-fixture.js';
import type { WireClient } from '../testing/wire-client.js';

const rows = remoteProgram.procedures;
const { number: DOWNLOAD } = rows.storageVolDownload;
const OK = 0;
const ERROR = 1;
const CONTINUE = 2;
const STREAM = 3;
const HOLE = 6;
const SPARSE = 1;
const vol = { pool: 'p', name: 'v', key: 'k' };

interface Begun {
  readonly client: WireClient;
  readonly serial: number;
  readonly daemon: CallStream;
  send(status: number, payload?: Uint8Array, type?: number): void;
}

async function begun(flags = 0): Promise<Begun> {
  const { caller, daemon } = streamPair();
  const fixture = new ProxyFixture({
    daemons: ['virtqemud', 'virtstoraged'],
    answer: () => ({ values: {}, descriptors: [], stream: caller }),
  });
  const client = await fixture.opened();
  const serial = client.begin('storageVolDownload', { vol, offset: 0n, length: 0n, flags });
  expect((await client.next()).header).toMatchObject({ type: 1, status: OK, serial });
  return {
    client,
    serial,
    daemon,
    send: (status, payload, type = STREAM) =>
      void client.send({ procedure: DOWNLOAD, type, serial, status }, payload),
  };
}

const bytes = (...values: number[]) => new Uint8Array(values);

describe('a stream from the daemon', () => {
  test('comes in packets of libvirt’s size under the numbers of the call, ends empty, and is confirmed', async () => {
    const { client, serial, daemon, send } = await begun();
    void daemon.write(new Uint8Array(300_000).fill(5));
    const sizes = [(await client.next()).payload.length, (await client.next()).payload.length];
    expect(sizes).toEqual([262_120, 300_000 - 262_120]);
    daemon.finish();
    const end = await client.next();
    expect(end.header).toEqual({
      program: 0x20008086,
      version: 1,
      procedure: DOWNLOAD,
      type: STREAM,
      serial,
      status: CONTINUE,
    });
    expect(end.payload).toHaveLength(0);
    send(OK);
    const confirmed = await client.next();
    expect(confirmed.header).toMatchObject({ type: STREAM, serial, status: OK });
    expect(confirmed.payload).toHaveLength(0);
  });

  test('carries holes', async () => {
    const { client, daemon } = await begun(SPARSE);
    void daemon.writeHole(2n ** 40n);
    const message = await client.next();
    expect(message.header).toMatchObject({ type: HOLE, status: CONTINUE });
    expect([...message.payload]).toEqual([0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  test('breaks with the error of the daemon, and what still comes is dropped', async () => {
    const { client, daemon, send } = await begun();
    daemon.abort(VirError.system(5, 'Input/output error', 'cannot read', 'STORAGE'));
    const message = await client.next();
    expect(message.header).toMatchObject({ type: STREAM, status: ERROR });
    expect(decodeError(message.payload)).toMatchObject({
      code: 38,
      domain: 18,
      message: 'cannot read: Input/output error',
    });
    send(CONTINUE, bytes(1));
    send(ERROR);
    await settle();
    expect(client.heard).toBe(0);
  });

  test('is aborted by the client, and that is confirmed', async () => {
    const { client, serial, daemon, send } = await begun();
    send(ERROR);
    const message = await client.next();
    expect(message.header).toMatchObject({ type: STREAM, serial, status: OK });
    expect(daemon.signal.aborted).toBe(true);
    await expect(daemon.read()).rejects.toMatchObject({
      message: 'operation aborted: stream aborted at client request',
    });
  });

  test('waits while the client does not read', async () => {
    const { client, daemon } = await begun();
    client.channel.pause();
    let written = 0;
    const piece = new Uint8Array(200_000);
    const writing = (async () => {
      for (; written < 100; written++) await daemon.write(piece);
    })();
    await settle();
    expect(written).toBeLessThan(12);
    client.channel.resume();
    await writing;
    expect(written).toBe(100);
  });
});

describe('a stream to the daemon', () => {
  test('arrives in order, is finished by the client and confirmed when the daemon has it', async () => {
    const { client, daemon, send } = await begun();
    send(CONTINUE, bytes(1, 2));
    send(CONTINUE, bytes(3));
    send(OK);
    expect(await daemon.read()).toEqual({ type: 'data', bytes: bytes(1, 2) });
    expect(await daemon.read()).toEqual({ type: 'data', bytes: bytes(3) });
    expect(await daemon.read()).toBeUndefined();
    await settle();
    expect(client.heard).toBe(0);
    daemon.finish();
    expect((await client.next()).header).toMatchObject({ type: STREAM, status: OK });
  });

  test('answers the client’s end with the error that came of it', async () => {
    const { client, daemon, send } = await begun();
    send(CONTINUE, bytes(1));
    send(OK);
    await daemon.read();
    daemon.abort(VirError.system(28, 'No space left on device', 'cannot write', 'STORAGE'));
    const message = await client.next();
    expect(message.header).toMatchObject({ status: ERROR });
    expect(decodeError(message.payload).message).toBe('cannot write: No space left on device');
  });

  test('holds the client back when the daemon does not take it', async () => {
    const { client, daemon, send } = await begun();
    const piece = new Uint8Array(1_000_000);
    for (let i = 0; i < 12; i++) send(CONTINUE, piece);
    await settle();
    const more = client.channel.pendingBytes;
    for (let i = 0; i < 12; i++) send(CONTINUE, piece);
    await settle();
    expect(client.channel.pendingBytes).toBeGreaterThan(more);
    send(OK);
    let taken = 0;
    for (let item = await daemon.read(); item !== undefined; item = await daemon.read()) {
      if (item.type === 'data') taken += item.bytes.length;
    }
    expect(taken).toBe(24_000_000);
    expect(client.channel.pendingBytes).toBe(0);
  });

  test.each([
    ['did not ask for holes', 0, new Uint8Array(12)],
    ['sends rubbish for one', SPARSE, bytes(1, 2)],
  ])('takes no hole from a client that %s', async (_what, flags, payload) => {
    const { client, daemon, send } = await begun(flags);
    send(CONTINUE, payload, HOLE);
    const message = await client.next();
    expect(decodeError(message.payload)).toMatchObject({ code: 39, message: 'Unexpected stream hole' });
    expect(daemon.signal.aborted).toBe(true);
  });

  test('takes a hole from a client that asked for them', async () => {
    const { daemon, send } = await begun(SPARSE);
    send(CONTINUE, bytes(0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0), HOLE);
    expect(await daemon.read()).toEqual({ type: 'hole', length: 4096n });
  });

  test('breaks when the client goes away', async () => {
    const { client, daemon } = await begun();
    client.channel.destroy();
    await settle();
    await expect(daemon.read()).rejects.toMatchObject({ message: 'operation aborted: the client went away' });
  });
});
