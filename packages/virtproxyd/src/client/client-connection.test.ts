import { remoteProgram } from '@modvirt/core/protocol';
import type { CallResult } from '@modvirt/core/rpc';
import { emptyResult, type FakeCall } from '@modvirt/core/testing';
import { encodeMessage } from '@modvirt/core/wire';
import { describe, expect, test } from 'vitest';
import { alice, ProxyFixture, settle } from '../testing/proxy-fixture.js';
import { WireClient } from '../testing/wire-client.js';

const rows = remoteProgram.procedures;

/** Answers that wait until the test gives them. */
class Held {
  readonly waiting: { readonly call: FakeCall; give(result: CallResult): void }[] = [];
  readonly answer = (call: FakeCall): Promise<CallResult> =>
    new Promise((give) => this.waiting.push({ call, give }));
}

const ping = { program: 0x6b656570, procedure: 1, type: 2, serial: 0 };
const isPong = { program: 0x6b656570, version: 1, procedure: 2, type: 2, serial: 0, status: 0 };
const lookup = (name: string) => ({ name });

describe('calls of one client', () => {
  test('are answered in the order in which they finish', async () => {
    const held = new Held();
    const client = await new ProxyFixture({ answer: held.answer }).opened();
    const serials = ['a', 'b', 'c'].map((name) => client.begin('domainLookupByName', lookup(name)));
    await settle();
    const reply = (index: number) =>
      held.waiting[index]?.give(
        emptyResult({ dom: { name: 'x', uuid: '00000000-0000-0000-0000-000000000001', id: index } }),
      );
    for (const index of [2, 0, 1]) reply(index);
    const answered = [await client.next(), await client.next(), await client.next()];
    expect(answered.map(({ header }) => header.serial)).toEqual([2, 0, 1].map((index) => serials[index]));
  });

  test('are served so many at a time', async () => {
    const held = new Held();
    const client = await new ProxyFixture({
      answer: held.answer,
      config: 'max_client_requests = 5',
    }).opened();
    for (let i = 0; i < 8; i++)
      client.begin('domainSuspend', {
        dom: { name: `d${i}`, uuid: '00000000-0000-0000-0000-000000000001', id: 1 },
      });
    await settle();
    expect(held.waiting).toHaveLength(5);
    held.waiting[3]?.give(emptyResult());
    await client.next();
    expect(held.waiting).toHaveLength(6);
    for (const { give } of held.waiting.splice(0)) give(emptyResult());
    await settle();
    for (const { give } of held.waiting.splice(0)) give(emptyResult());
    await settle();
    expect(client.heard).toBe(7);
  });

  test('that never wait for a guest are answered while others hang, and so are pings', async () => {
    const held = new Held();
    const answer = (call: FakeCall) =>
      call.row === rows.connectGetHostname ? emptyResult({ hostname: 'here' }) : held.answer(call);
    const client = await new ProxyFixture({ answer }).opened();
    for (let i = 0; i < 200; i++)
      client.begin('domainSuspend', {
        dom: { name: `d${i}`, uuid: '00000000-0000-0000-0000-000000000001', id: 1 },
      });
    client.send(ping);
    expect((await client.next()).header).toEqual(isPong);
    expect(await client.call('connectGetHostname')).toEqual({ hostname: 'here' });
  });

  test('wait unread when there are far too many', async () => {
    const held = new Held();
    const client = await new ProxyFixture({ answer: held.answer }).opened();
    for (let i = 0; i < 3000; i++) client.begin('connectGetMaxVcpus', { type: 'kvm' });
    await settle();
    client.send(ping);
    await settle();
    expect(client.heard).toBe(0);
    let answered = 0;
    while (answered < 3001) {
      for (const { give } of held.waiting.splice(0)) give(emptyResult({ maxVcpus: 1 }));
      await settle();
      while (client.heard > 0) {
        await client.next();
        answered += 1;
      }
    }
    expect(answered).toBe(3001);
  });
});

describe('keepalive', () => {
  test('asks a client that can answer and is silent, and gives it up in the end', async () => {
    const fixture = new ProxyFixture({ config: 'keepalive_interval = 5\nkeepalive_count = 2' });
    const client = await fixture.opened();
    await client.call('connectSupportsFeature', { feature: 10 });
    for (let asked = 0; asked < 2; asked++) {
      fixture.clock.advance(5000);
      expect((await client.next()).header).toMatchObject({ ...ping, status: 0 });
    }
    fixture.clock.advance(5000);
    await client.closed();
  });

  test('takes any message for a sign of life', async () => {
    const fixture = new ProxyFixture({ config: 'keepalive_interval = 5\nkeepalive_count = 1' });
    const client = await fixture.opened();
    await client.call('connectSupportsFeature', { feature: 10 });
    for (let i = 0; i < 20; i++) {
      fixture.clock.advance(4000);
      await client.call('connectSupportsFeature', { feature: 14 });
    }
    expect(client.isClosed).toBe(false);
  });

  test('does not ask one that has not said it can answer, nor when it is off', async () => {
    const silent = new ProxyFixture();
    const client = await silent.opened();
    const off = new ProxyFixture({ config: 'keepalive_interval = -1' });
    const other = await off.opened();
    await other.call('connectSupportsFeature', { feature: 10 });
    for (const { clock } of [silent, off]) clock.advance(600_000);
    await settle();
    expect([client.heard, other.heard, client.isClosed, other.isClosed]).toEqual([0, 0, false, false]);
  });

  test('answers pings before authentication', async () => {
    const client = new ProxyFixture().connect({ auth: 'polkit', peer: alice });
    client.send(ping);
    expect((await client.next()).header).toEqual(isPong);
  });
});

describe('a client that misbehaves', () => {
  test.each([
    ['a length of 4 GiB', [0xff, 0xff, 0xff, 0xff]],
    ['a length just above the limit', [0x02, 0x00, 0x00, 0x05]],
    ['a length of 3', [0, 0, 0, 3]],
    ['a length too short for a header', [0, 0, 0, 27]],
    ['HTTP', [...new TextEncoder().encode('GET / HTTP/1.0\r\n\r\n')]],
  ])('loses its connection by %s, and nobody else does', async (_what, bytes) => {
    const fixture = new ProxyFixture({ answer: () => emptyResult({ hostname: 'x' }) });
    const other = await fixture.opened();
    const client = await fixture.opened();
    client.channel.write(new Uint8Array(bytes));
    await client.closed();
    expect(await other.call('connectGetHostname')).toEqual({ hostname: 'x' });
    expect(fixture.server.clients.size).toBe(1);
  });

  test('may send long messages only when it has authenticated', async () => {
    const client = new ProxyFixture().connect({ auth: 'polkit', peer: alice });
    client.channel.write(new Uint8Array([0, 2, 0, 0]));
    await client.closed();
  });

  test('loses its connection by half a message that does not go on', async () => {
    const fixture = new ProxyFixture();
    const client = await fixture.opened();
    client.channel.write(new Uint8Array([0, 0, 0, 28, 0, 0]));
    await settle();
    fixture.clock.advance(59_000);
    await settle();
    expect(client.isClosed).toBe(false);
    fixture.clock.advance(1000);
    await client.closed();
  });

  test('may send a message as slowly as it likes while something comes', async () => {
    const fixture = new ProxyFixture({ answer: () => emptyResult({ hostname: 'x' }) });
    const client = await fixture.opened();
    const header = { program: 0x20008086, version: 1, procedure: 59, type: 0, serial: 7, status: 0 };
    for (const byte of encodeMessage(header, new Uint8Array())) {
      client.channel.write(new Uint8Array([byte]));
      await settle();
      fixture.clock.advance(40_000);
    }
    expect((await client.next()).header.serial).toBe(7);
  });

  test('loses its connection when it reads nothing for a minute', async () => {
    const big = 'x'.repeat(1_000_000);
    const fixture = new ProxyFixture({ answer: () => emptyResult({ capabilities: big }) });
    const client = await fixture.opened();
    client.channel.pause();
    for (let i = 0; i < 20; i++) client.begin('connectGetCapabilities');
    await settle();
    // No more is begun for it than it can be told.
    expect(fixture.link().calls.length).toBeLessThan(7);
    fixture.clock.advance(61_000);
    await settle();
    expect(fixture.server.clients.size).toBe(0);
  });

  test('is one too many when there are max_clients', async () => {
    const fixture = new ProxyFixture({ config: 'max_clients = 2' });
    const [first] = [fixture.connect(), fixture.connect()];
    const third = fixture.connect();
    await third.closed();
    first?.channel.destroy();
    await settle();
    const fourth = fixture.connect();
    expect(await fourth.call('authList')).toEqual({ types: [0] });
  });

  test('is one too many when there are max_anonymous_clients that have not authenticated', async () => {
    const fixture = new ProxyFixture({ config: 'max_anonymous_clients = 1' });
    const first = fixture.connect({ auth: 'polkit' });
    await fixture.connect({ auth: 'polkit' }).closed();
    await first.call('authList');
    expect(await fixture.connect({ auth: 'polkit' }).call('authList')).toEqual({ types: [0] });
  });
});

describe('descriptors', () => {
  const dom = { name: 'x', uuid: '00000000-0000-0000-0000-000000000001', id: 1 };

  test('that come with a call go to the daemon with it', async () => {
    const fixture = new ProxyFixture({ answer: () => emptyResult() });
    const client = await fixture.opened();
    const descriptor = fixture.descriptors.open('a socket');
    const payload = new Uint8Array([
      0,
      0,
      0,
      1,
      0,
      0,
      0,
      1,
      0x78,
      0,
      0,
      0,
      ...new Uint8Array(16),
      0,
      0,
      0,
      1,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
    ]);
    client.send({ procedure: rows.domainOpenGraphics.number, type: 4 }, payload);
    await settle();
    expect(fixture.link().calls).toHaveLength(0);
    client.channel.write(new Uint8Array(1), [descriptor]);
    expect((await client.next()).header).toMatchObject({ type: 1, status: 0 });
    expect(fixture.link().calls).toMatchObject([{ options: { descriptors: [descriptor] } }]);
  });

  test('are closed when the call takes none', async () => {
    const fixture = new ProxyFixture({ answer: () => emptyResult({ hostname: 'x' }) });
    const client = await fixture.opened();
    client.send({ procedure: 59, type: 4 }, new Uint8Array([0, 0, 0, 1]));
    client.channel.write(new Uint8Array(1), [fixture.descriptors.open('a file')]);
    expect((await client.next()).header).toMatchObject({ type: 1, status: 0 });
    await settle();
    expect(fixture.descriptors.openCount).toBe(0);
  });

  test.each([[33], [0xffffffff]])('cost the connection when there are to be %i', async (count) => {
    const client = await new ProxyFixture().opened();
    const payload = new Uint8Array(4);
    new DataView(payload.buffer).setUint32(0, count);
    client.send({ procedure: 59, type: 4 }, payload);
    await client.closed();
  });

  test('that a daemon answers with follow the reply', async () => {
    const fixture: ProxyFixture = new ProxyFixture({
      answer: () => ({ values: {}, descriptors: [fixture.descriptors.open('one')] }),
    });
    const client = await fixture.opened();
    client.begin('domainOpenGraphicsFd', { dom, idx: 0, flags: 0 });
    const message = await client.next();
    expect(message.header.type).toBe(5);
    expect([...message.payload]).toEqual([0, 0, 0, 1]);
    await settle();
    expect(client.descriptors.map((one) => fixture.descriptors.fileOf(one))).toEqual(['one']);
  });

  test('of an answer are closed when the client has gone', async () => {
    const held = new Held();
    const fixture = new ProxyFixture({ answer: held.answer });
    const client = await fixture.opened();
    client.begin('domainOpenGraphicsFd', { dom, idx: 0, flags: 0 });
    await settle();
    client.channel.destroy();
    await settle();
    held.waiting[0]?.give({ values: {}, descriptors: [fixture.descriptors.open('one')] });
    await settle();
    expect(fixture.descriptors.openCount).toBe(0);
  });

  test('are not passed where they cannot go', async () => {
    const fixture: ProxyFixture = new ProxyFixture({
      answer: () => ({ values: {}, descriptors: [fixture.descriptors.open('one')] }),
    });
    const client = new WireClient(fixture.connectRaw({ carries: false }));
    await client.call('connectOpen', { name: '', flags: 0 });
    const fields = await client.refused(client.call('domainOpenGraphicsFd', { dom, idx: 0, flags: 0 }));
    expect(fields.message).toBe('internal error: Sending file descriptors is not supported on this socket');
    expect(fixture.descriptors.openCount).toBe(0);
  });
});
