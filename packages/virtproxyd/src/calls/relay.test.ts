import { VirError } from '@modvirt/core/errors';
import { lxcProgram, remoteProgram, stringParameter } from '@modvirt/core/protocol';
import { emptyResult } from '@modvirt/core/testing';
import { messageTypes } from '@modvirt/core/wire';
import { describe, expect, test } from 'vitest';
import { alice, ProxyFixture, settle } from '../testing/proxy-fixture.js';
import type { WireClient } from '../testing/wire-client.js';
import type { PolkitCheck } from './relay.js';

const RPC = 7;
const rows = remoteProgram.procedures;
const hostname = { values: { hostname: 'there' }, descriptors: [] };
const notOpen = { code: 1, domain: RPC, message: 'internal error: hypervisor connection not open' };

async function answerTo(client: WireClient, header: object, payload = new Uint8Array()): Promise<object> {
  client.send(header, payload);
  const message = await client.next();
  return client.refused((async () => client.valuesOf(message, rows.connectClose))());
}

describe('the conversation', () => {
  test.each([
    ['a program that is not served', { program: 0x1234 }, 'Cannot find program 4660 version 1'],
    ['a wrong version', { version: 2 }, 'Cannot find program 536903814 version 2'],
    ['a program of another socket', { program: 0x06900690 }, 'Cannot find program 110102160 version 1'],
    ['a call of the keepalive program', { program: 0x6b656570 }, 'Cannot find program 1801807216 version 1'],
    ['an unknown procedure', { procedure: 9999 }, 'unknown procedure: 9999'],
    ['a negative procedure', { procedure: -1 }, 'unknown procedure: -1'],
    ['the number of an event', { procedure: 107 }, 'unknown procedure: 107'],
    ['a call whose status is not OK', { procedure: 9999, status: 1 }, 'Unexpected message status 1'],
    ['arguments that do not decode', { procedure: 60 }, 'Unable to decode message payload'],
  ])('refuses %s under the numbers of the caller', async (_what, header, message) => {
    const client = await new ProxyFixture().opened();
    const fields = await answerTo(client, header);
    expect(fields).toEqual({
      code: 39,
      domain: RPC,
      message,
      str1: '%s',
      str2: message,
      str3: null,
      int1: -1,
      int2: -1,
    });
  });

  test('says nothing to a reply, an event, a stray stream packet or an unknown type, and goes on', async () => {
    const client = await new ProxyFixture({ answer: () => hostname }).opened();
    const { reply, message, stream } = messageTypes;
    for (const type of [reply, message, stream, 9]) client.send({ procedure: 110, type });
    await settle();
    expect(client.heard).toBe(0);
    expect(await client.call('connectGetHostname')).toEqual({ hostname: 'there' });
  });

  test('ignores bytes behind the arguments', async () => {
    const client = await new ProxyFixture({ answer: () => hostname }).opened();
    client.send({ procedure: 59 }, new Uint8Array(8));
    expect(client.valuesOf(await client.next(), rows.connectGetHostname)).toEqual({ hostname: 'there' });
  });

  test('repeats serial and numbers of the call in the answer', async () => {
    const client = await new ProxyFixture({ answer: () => hostname }).opened();
    client.send({ procedure: 59, serial: 4294967295 });
    const { header } = await client.next();
    expect(header).toEqual({
      program: 0x20008086,
      version: 1,
      procedure: 59,
      type: 1,
      serial: 4294967295,
      status: 0,
    });
  });

  test('sends errors of a daemon as they are, also those of no domain', async () => {
    const error = VirError.of('NO_DOMAIN', "no domain with matching name 'x'");
    const client = await new ProxyFixture({ answer: () => Promise.reject(error) }).opened();
    expect(await client.refused(client.call('connectGetHostname'))).toEqual(error.fields);
  });

  test('sends a bug as an internal error and logs it', async () => {
    const fixture = new ProxyFixture({ answer: () => Promise.reject(new TypeError('oops')) });
    const client = await fixture.opened();
    expect(await client.refused(client.call('connectGetHostname'))).toMatchObject({ code: 1, domain: RPC });
    expect(fixture.log.lines.map(({ message }) => message)).toContain('call failed');
  });
});

describe('opening', () => {
  test.each([
    ['foo:///system', 5, 0, 'no connection driver available for foo:///system'],
    ['lxc:///system', 5, 0, 'no connection driver available for lxc:///system'],
    ['QEMU:///system', 5, 0, 'no connection driver available for QEMU:///system'],
    ['qemu+unix:///system', 5, 0, 'no connection driver available for qemu+unix:///system'],
    ['qemu://host/system', 5, 0, 'no connection driver available for qemu://host/system'],
    ['qemu', 5, 0, "no connection driver available for URI 'qemu' does not include a driver name"],
    ['///', 5, 0, "no connection driver available for URI '///' does not include a driver name"],
    ['bad uri', 1, 45, 'internal error: Unable to parse URI bad uri'],
    ['%%%', 1, 45, 'internal error: Unable to parse URI %%%'],
  ])('refuses %s', async (name, code, domain, message) => {
    const client = new ProxyFixture().connect();
    const fields = await client.refused(client.call('connectOpen', { name, flags: 0 }));
    expect(fields).toMatchObject({ code, domain, message });
    expect(await client.call('connectOpen', { name: 'qemu:///system', flags: 0 })).toEqual({});
  });

  test.each([[''], [null]])('opens what is there for the name %j', async (name) => {
    const fixture = new ProxyFixture();
    await fixture.connect().call('connectOpen', { name, flags: 0 });
    expect(fixture.link().sessions).toMatchObject([{ uri: 'qemu:///system', readOnly: false }]);
  });

  test('says so when nothing is there', async () => {
    const client = new ProxyFixture({ daemons: [] }).connect();
    const fields = await client.refused(client.call('connectOpen', { name: '', flags: 0 }));
    expect(fields).toMatchObject({ code: 5, message: 'no connection driver available' });
  });

  test('passes on who the client is, by its socket', async () => {
    const fixture = new ProxyFixture();
    const client = fixture.connect({ peer: alice, readOnly: true });
    await client.call('connectOpen', { name: 'qemu:///session', flags: 0 });
    expect(fixture.link().sessions).toEqual([
      {
        uri: 'qemu:///session',
        readOnly: true,
        identity: { uid: 1000, gid: 1000, pid: 4712, processStartTime: 99n },
      },
    ]);
  });

  test('reads flag 1 as read-only and minds no others, as libvirt', async () => {
    const fixture = new ProxyFixture();
    await fixture.opened(1);
    await fixture.opened(8);
    expect(fixture.link().sessions.map(({ readOnly }) => readOnly)).toEqual([true, false]);
  });

  test('loses the connection by a second open, and can be opened again', async () => {
    const fixture = new ProxyFixture({ answer: () => hostname });
    const client = await fixture.opened();
    const second = await client.refused(client.call('connectOpen', { name: 'qemu:///system', flags: 0 }));
    expect(second).toMatchObject({
      code: 1,
      domain: RPC,
      message: 'internal error: connection already open',
    });
    expect(await client.refused(client.call('connectGetHostname'))).toMatchObject(notOpen);
    expect(fixture.link().closedSessions).toBe(1);
    await client.call('connectOpen', { name: 'qemu:///system', flags: 0 });
    expect(await client.call('connectGetHostname')).toEqual({ hostname: 'there' });
  });

  test('tells what the daemon says that refuses the URI', async () => {
    const fixture = new ProxyFixture();
    fixture.link().refusal = VirError.of(
      'INTERNAL_ERROR',
      "unexpected qemu URI path '/x', try qemu:///system",
    );
    const client = fixture.connect();
    const fields = await client.refused(client.call('connectOpen', { name: 'qemu:///x', flags: 0 }));
    expect(fields.message).toBe("internal error: unexpected qemu URI path '/x', try qemu:///system");
  });

  test('answers a close before the connection ends, and ends what was open behind', async () => {
    const fixture = new ProxyFixture();
    const client = await fixture.opened();
    expect(await client.call('connectClose')).toEqual({});
    await client.closed();
    expect(fixture.link().closedSessions).toBe(1);
    expect(fixture.server.clients.size).toBe(0);
  });

  test('ends what was open behind when the client just goes', async () => {
    const fixture = new ProxyFixture();
    const client = await fixture.opened();
    expect(fixture.held).toBe(1);
    client.channel.destroy();
    await settle();
    expect(fixture.held).toBe(0);
    expect(fixture.link().closedSessions).toBe(1);
    expect(fixture.server.clients.size).toBe(0);
  });
});

describe('before the connection is open', () => {
  const uuid = '00000000-0000-0000-0000-000000000000';
  test.each([
    ['connectGetHostname', {}],
    ['connectSupportsFeature', { feature: 5 }],
    ['connectSupportsFeature', { feature: 14 }],
    ['connectRegisterCloseCallback', {}],
    ['connectDomainEventCallbackRegisterAny', { eventID: 0, dom: { name: 'x', uuid, id: 1 } }],
    ['connectDomainEventCallbackDeregisterAny', { callbackID: 0 }],
    ['connectDomainEventRegister', {}],
    ['connectDomainEventDeregister', {}],
    ['connectSetIdentity', { params: [], flags: 0 }],
  ] as const)('refuses %s', async (name, args) => {
    const client = new ProxyFixture().connect();
    expect(await client.refused(client.call(name, args))).toMatchObject(notOpen);
  });

  test('answers that it can do keepalive', async () => {
    const client = new ProxyFixture().connect();
    expect(await client.call('connectSupportsFeature', { feature: 10 })).toEqual({ supported: 1 });
  });
});

describe('an open connection', () => {
  test('has the features of the conversation itself and asks the daemon for others', async () => {
    const answer = () => emptyResult({ supported: 0 });
    const client = await new ProxyFixture({ answer }).opened();
    const answers = [];
    for (const feature of [8, 10, 14, 15, 6]) {
      answers.push(await client.call('connectSupportsFeature', { feature }));
    }
    expect(answers).toEqual([1, 1, 1, 1, 0].map((supported) => ({ supported })));
  });

  test('gives networks to virtnetworkd by a URI of its own', async () => {
    const fixture = new ProxyFixture({
      daemons: ['virtqemud', 'virtnetworkd'],
      answer: () => emptyResult({ num: 3 }),
    });
    const client = await fixture.opened();
    expect(await client.call('connectNumOfNetworks')).toEqual({ num: 3 });
    expect(fixture.link('virtnetworkd').sessions).toMatchObject([{ uri: 'network:///system' }]);
    expect(fixture.link('virtnetworkd').calls).toMatchObject([
      { row: { number: rows.connectNumOfNetworks.number } },
    ]);
  });

  test('does not support what belongs to a daemon that is not there', async () => {
    const client = await new ProxyFixture().opened();
    const text = 'this function is not supported by the connection driver: virConnectNumOfNetworks';
    expect(await client.refused(client.call('connectNumOfNetworks'))).toMatchObject({
      code: 3,
      domain: 19,
      message: text,
    });
  });

  test('does not support what belongs to a daemon that does not listen', async () => {
    const fixture = new ProxyFixture({ daemons: ['virtqemud', 'virtnetworkd'] });
    fixture.link('virtnetworkd').refusal = VirError.system(
      111,
      'Connection refused',
      'Failed to connect socket',
      'RPC',
    );
    const client = await fixture.opened();
    expect(await client.refused(client.call('connectNumOfNetworks'))).toMatchObject({ code: 3 });
  });

  test('says that it is read-only before it says that nobody serves it', async () => {
    const client = await new ProxyFixture().opened(1);
    const fields = await client.refused(client.call('networkDefineXml', { xml: '<network/>' }));
    expect(fields).toMatchObject({
      code: 29,
      message: 'operation forbidden: read only access prevents virNetworkDefineXML',
    });
  });

  test('serves the programs of qemu and lxc by the daemon that was opened', async () => {
    const fixture = new ProxyFixture({
      answer: ({ row }) => Promise.reject(VirError.of('NO_SUPPORT', row.api)),
    });
    const client = await fixture.opened();
    const row = lxcProgram.procedures.domainOpenNamespace;
    const uuid = '00000000-0000-0000-0000-000000000000';
    const call = client.callOf(lxcProgram, row, { dom: { name: 'x', uuid, id: 1 }, flags: 0 });
    expect(await client.refused(call)).toMatchObject({ code: 3, str2: 'virDomainLxcOpenNamespace' });
  });

  test('refuses SASL, which is not offered', async () => {
    const client = await new ProxyFixture().opened();
    const message = 'authentication failed: authentication failed';
    expect(await client.refused(client.call('authSaslInit'))).toMatchObject({
      code: 45,
      domain: RPC,
      message,
    });
  });
});

describe('identity', () => {
  const params = [stringParameter('user-name', 'bob')];

  test('is what root says it is, for what is asked from then on', async () => {
    const fixture = new ProxyFixture({ answer: () => hostname });
    const client = await fixture.opened();
    await client.call('connectSetIdentity', { params, flags: 0 });
    await client.call('connectGetHostname');
    expect(fixture.link().sessions.at(-1)?.identity).toEqual({ userName: 'bob' });
  });

  test('is not for others to say', async () => {
    const fixture = new ProxyFixture();
    const client = fixture.connect({ peer: alice });
    await client.call('connectOpen', { name: '', flags: 0 });
    expect(await client.refused(client.call('connectSetIdentity', { params, flags: 0 }))).toMatchObject({
      code: 88,
    });
  });

  test('has no parameters but libvirt’s', async () => {
    const client = await new ProxyFixture().opened();
    const call = client.call('connectSetIdentity', { params: [stringParameter('foo', 'x')], flags: 0 });
    const message = "argument unsupported: parameter 'foo' not supported";
    expect(await client.refused(call)).toMatchObject({ code: 74, domain: 0, message });
  });
});

describe('authentication by polkit', () => {
  const polkit = { auth: 'polkit' } as const;

  test('comes before everything else', async () => {
    const client = new ProxyFixture().connect(polkit);
    const fields = await client.refused(client.call('connectOpen', { name: '', flags: 0 }));
    expect(fields).toMatchObject({ code: 39, domain: RPC, message: 'authentication required' });
  });

  test('is not asked of root', async () => {
    const client = new ProxyFixture().connect(polkit);
    expect(await client.call('authList')).toEqual({ types: [0] });
    await client.call('connectOpen', { name: '', flags: 0 });
  });

  test('lets in whom polkit lets in', async () => {
    const client = new ProxyFixture({ polkit: async () => undefined }).connect({ ...polkit, peer: alice });
    expect(await client.call('authList')).toEqual({ types: [2] });
    expect(await client.call('authPolkit')).toEqual({ complete: 1 });
    await client.call('connectOpen', { name: '', flags: 0 });
  });

  test('keeps out whom it does not', async () => {
    const client = new ProxyFixture().connect({ ...polkit, peer: alice });
    expect(await client.refused(client.call('authPolkit'))).toMatchObject({ code: 45 });
    expect(await client.refused(client.call('connectOpen', { name: '', flags: 0 }))).toMatchObject({
      code: 39,
    });
  });

  test('may take as long as a person needs, and ends with the client', async () => {
    let aborted = false;
    const polkit: PolkitCheck = (_client, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          aborted = true;
          reject(signal.reason);
        });
      });
    const fixture = new ProxyFixture({ polkit });
    const client = fixture.connect({ auth: 'polkit', peer: alice });
    client.begin('authPolkit');
    await settle();
    fixture.clock.advance(120_000);
    await settle();
    expect(client.isClosed).toBe(false);
    expect(await client.refused(client.call('authPolkit'))).toMatchObject({ code: 39 });
    client.channel.destroy();
    await settle();
    expect(aborted).toBe(true);
  });

  test('has a time limit', async () => {
    const fixture = new ProxyFixture();
    const client = fixture.connect({ ...polkit, peer: alice });
    await client.call('authList');
    fixture.clock.advance(30_000);
    await client.closed();
  });
});
