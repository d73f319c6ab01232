import { eventRows } from '@modvirt/core/events';
import type { DaemonEvent } from '@modvirt/core/rpc';
import { uuidFromBytes, type WireMessage, XdrReader, xdrCodec } from '@modvirt/core/wire';
import { describe, expect, test } from 'vitest';
import { ProxyFixture, settle } from '../testing/proxy-fixture.js';
import type { WireClient } from '../testing/wire-client.js';

const { domainLifecycle, domainBlockJob2, networkLifecycle } = eventRows;
const uuid = uuidFromBytes(new Uint8Array(16).fill(7));
const otherUuid = uuidFromBytes(new Uint8Array(16).fill(8));
const dom = { name: 'guest', uuid, id: 3 };

const started: Omit<DaemonEvent, 'epoch' | 'sequence'> = {
  object: 'domain',
  eventId: 0,
  name: 'guest',
  uuid,
  payload: { dom, event: 2, detail: 0 },
};

function register(client: WireClient, eventID = 0, about: unknown = null): Promise<unknown> {
  return client.call('connectDomainEventCallbackRegisterAny', { eventID, dom: about });
}

function decoded({ payload }: WireMessage, row: { readonly message: object }): unknown {
  return xdrCodec(row.message as never).decode(new XdrReader(payload));
}

describe('events with callback ids', () => {
  test('are told to whoever registered, under its own number', async () => {
    const fixture = new ProxyFixture();
    const clients = [await fixture.opened(), await fixture.opened()];
    await register(clients[0] as WireClient, 1);
    for (const client of clients) await register(client);
    fixture.link().emit(started);
    for (const [index, client] of clients.entries()) {
      const message = await client.next();
      expect(message.header).toEqual({
        program: 0x20008086,
        version: 1,
        procedure: 318,
        type: 2,
        serial: 0,
        status: 0,
      });
      const callbackID = index === 0 ? 1 : 0;
      expect(decoded(message, domainLifecycle.message)).toEqual({ callbackID, msg: started.payload });
    }
    expect(fixture.link().subscriptions).toBe(1);
  });

  test('never come before the answer to the registration', async () => {
    const fixture = new ProxyFixture();
    const client = await fixture.opened();
    client.begin('connectDomainEventCallbackRegisterAny', { eventID: 0, dom: null });
    for (let turn = 0; turn < 50; turn++) {
      fixture.link().emit(started);
      await Promise.resolve();
    }
    await settle();
    expect((await client.next()).header).toMatchObject({ type: 1, procedure: 316 });
    expect(client.heard).toBeGreaterThan(0);
  });

  test('wait for the daemon to know of the subscription', async () => {
    const fixture = new ProxyFixture();
    let go: () => void = () => undefined;
    fixture.link().subscribing = new Promise((resolve) => {
      go = resolve;
    });
    const client = await fixture.opened();
    client.begin('connectDomainEventCallbackRegisterAny', { eventID: 0, dom: null });
    await settle();
    expect(client.heard).toBe(0);
    go();
    expect((await client.next()).header.procedure).toBe(316);
  });

  test('can be about one domain', async () => {
    const fixture = new ProxyFixture();
    const client = await fixture.opened();
    await register(client, 0, { ...dom, uuid: otherUuid });
    fixture.link().emit(started);
    fixture.link().emit({ ...started, uuid: otherUuid });
    await settle();
    expect(client.heard).toBe(1);
  });

  test('end with their registration', async () => {
    const fixture = new ProxyFixture();
    const client = await fixture.opened();
    await register(client);
    await client.call('connectDomainEventCallbackDeregisterAny', { callbackID: 0 });
    fixture.link().emit(started);
    await settle();
    expect(client.heard).toBe(0);
  });

  test('end with the connection, and numbers go on', async () => {
    const fixture = new ProxyFixture();
    const client = await fixture.opened();
    await register(client);
    await client.refused(client.call('connectOpen', { name: '', flags: 0 }));
    fixture.link().emit(started);
    await settle();
    expect(client.heard).toBe(0);
    await client.call('connectOpen', { name: '', flags: 0 });
    expect(await register(client)).toEqual({ callbackID: 1 });
  });

  test('of networks come from their own daemon', async () => {
    const fixture = new ProxyFixture({ daemons: ['virtqemud', 'virtnetworkd'] });
    const client = await fixture.opened();
    await client.call('connectNetworkEventRegisterAny', { eventID: 0, net: null });
    const net = { name: 'lan', uuid };
    fixture.link('virtnetworkd').emit({
      object: 'network',
      eventId: 0,
      name: 'lan',
      uuid,
      payload: { net, event: 2, detail: 0 },
    });
    expect(decoded(await client.next(), networkLifecycle.message)).toEqual({
      callbackID: 0,
      net,
      event: 2,
      detail: 0,
    });
  });

  test('that a daemon describes wrongly are logged, and the next one comes', async () => {
    const fixture = new ProxyFixture();
    const client = await fixture.opened();
    await register(client);
    fixture.link().emit({ ...started, payload: { dom: null } });
    fixture.link().emit(started);
    expect(decoded(await client.next(), domainLifecycle.message)).toMatchObject({ msg: started.payload });
    expect(fixture.log.lines.map(({ message }) => message)).toContain('cannot tell of an event');
  });
});

describe('events of the old style', () => {
  test('carry no callback id', async () => {
    const fixture = new ProxyFixture();
    const client = await fixture.opened();
    expect(await client.call('connectDomainEventRegister')).toEqual({ cbRegistered: 0 });
    fixture.link().emit(started);
    const message = await client.next();
    expect(message.header).toMatchObject({ procedure: 107, type: 2 });
    expect(decoded(message, { message: { ...domainLifecycle.legacy?.message } })).toEqual(started.payload);
    expect(await client.call('connectDomainEventDeregister')).toEqual({ cbRegistered: 0 });
  });

  test('exist for the older events only', async () => {
    const client = await new ProxyFixture().opened();
    expect(await client.call('connectDomainEventRegisterAny', { eventID: 3 })).toEqual({});
    for (const eventID of [domainBlockJob2.id, 99, -1]) {
      const fields = await client.refused(client.call('connectDomainEventRegisterAny', { eventID }));
      expect(fields).toMatchObject({ code: 1, domain: 7, str2: `unsupported event ID ${eventID}` });
    }
  });

  test('use up callback ids', async () => {
    const client = await new ProxyFixture().opened();
    await client.call('connectDomainEventRegisterAny', { eventID: 3 });
    expect(await register(client)).toEqual({ callbackID: 1 });
  });
});

describe('registrations', () => {
  test('are refused twice, whatever the style, as libvirt does', async () => {
    const client = await new ProxyFixture().opened();
    const tracked = { code: 8, domain: 0, message: 'invalid argument: event callback already tracked' };
    await client.call('connectDomainEventRegister');
    expect(await client.refused(client.call('connectDomainEventRegisterAny', { eventID: 0 }))).toMatchObject(
      tracked,
    );
    expect(await client.refused(register(client))).toMatchObject(tracked);
    expect(await register(client, 0, dom)).toEqual({ callbackID: 1 });
  });

  test.each([
    ['connectDomainEventDeregisterAny', { eventID: 3 }, 'domain event 3 not registered'],
    ['connectDomainEventDeregister', {}, 'domain event 0 not registered'],
    ['connectDomainEventDeregisterAny', { eventID: 99 }, 'unsupported event ID 99'],
    [
      'connectDomainEventCallbackDeregisterAny',
      { callbackID: 77 },
      'domain event callback 77 not registered',
    ],
    ['connectNetworkEventDeregisterAny', { callbackID: -1 }, 'network event callback -1 not registered'],
    [
      'connectStoragePoolEventDeregisterAny',
      { callbackID: 7 },
      'storage pool event callback 7 not registered',
    ],
    ['connectNodeDeviceEventDeregisterAny', { callbackID: 7 }, 'node device event callback 7 not registered'],
    ['connectDomainEventCallbackRegisterAny', { eventID: 99, dom: null }, 'unsupported event ID 99'],
    ['connectNetworkEventRegisterAny', { eventID: 99, net: null }, 'unsupported network event ID 99'],
    [
      'connectStoragePoolEventRegisterAny',
      { eventID: 99, pool: null },
      'unsupported storage pool event ID 99',
    ],
    ['connectNodeDeviceEventRegisterAny', { eventID: 99, dev: null }, 'unsupported node device event ID 99'],
    ['connectSecretEventRegisterAny', { eventID: 99, secret: null }, 'unsupported secret event ID 99'],
  ] as const)('%s %j is refused: %s', async (name, args, detail) => {
    const client = await new ProxyFixture().opened();
    expect(await client.refused(client.call(name, args))).toMatchObject({ code: 1, domain: 7, str2: detail });
  });

  test('need the daemon that owns the objects', async () => {
    const client = await new ProxyFixture().opened();
    const call = client.call('connectSecretEventRegisterAny', { eventID: 0, secret: null });
    expect(await client.refused(call)).toMatchObject({
      code: 3,
      domain: 30,
      str2: 'virConnectSecretEventRegisterAny',
    });
  });
});

test('a client that does not read its events loses its connection, and the others get theirs', async () => {
  const fixture = new ProxyFixture();
  const [slow, other] = [await fixture.opened(), await fixture.opened()];
  await register(slow);
  await register(other);
  slow.channel.pause();
  const name = 'x'.repeat(1_000_000);
  for (let i = 0; i < 40; i++) {
    fixture.link().emit({ ...started, payload: { dom: { ...dom, name }, event: 2, detail: 0 } });
    await other.next();
  }
  await settle();
  expect(fixture.server.clients.size).toBe(1);
  expect(other.isClosed).toBe(false);
});

describe('a close callback', () => {
  test('is told when the daemon behind is gone for good', async () => {
    const fixture = new ProxyFixture();
    const client = await fixture.opened();
    await client.call('connectRegisterCloseCallback');
    fixture.link().lose();
    const message = await client.next();
    expect(message.header).toMatchObject({ procedure: 362, type: 2, serial: 0, status: 0 });
    expect([...message.payload]).toEqual([0, 0, 0, 1]);
  });

  test('is told once, however often it was registered, and not when it was taken back', async () => {
    const fixture = new ProxyFixture();
    const client = await fixture.opened();
    for (let i = 0; i < 2; i++) await client.call('connectRegisterCloseCallback');
    fixture.link().lose();
    await settle();
    expect(client.heard).toBe(1);
    await client.next();
    for (let i = 0; i < 2; i++) await client.call('connectUnregisterCloseCallback');
    fixture.link().lose();
    await settle();
    expect(client.heard).toBe(0);
  });
});
