import { type LogDestination, type LogFilter, proxyKeys, readConfig } from '@modvirt/core/config';
import type { PeerCredentials } from '@modvirt/core/ports';
import { adminProgram, intParameter, type TypedParameter, uintParameter } from '@modvirt/core/protocol';
import { MemoryChannel } from '@modvirt/core/testing';
import { describe, expect, test } from 'vitest';
import { alice, ProxyFixture, root, settle } from '../testing/proxy-fixture.js';
import { WireClient } from '../testing/wire-client.js';
import { AdminServer } from './admin-server.js';
import { ManagedServer } from './managed-server.js';

class Logs {
  filters: readonly LogFilter[] = [];
  destinations: readonly LogDestination[] = [{ type: 'stderr', priority: 3 }];

  setFilters(filters: readonly LogFilter[]): void {
    this.filters = filters;
  }

  async setDestinations(destinations: readonly LogDestination[]): Promise<void> {
    this.destinations = destinations;
  }
}

class AdminFixture {
  readonly proxy = new ProxyFixture();
  readonly logs = new Logs();
  readonly stops: string[] = [];
  readonly server: AdminServer;

  constructor() {
    const { clock, descriptors, log, server } = this.proxy;
    const workers = { minWorkers: 5, maxWorkers: 20, prioWorkers: 5 };
    this.server = new AdminServer({
      config: readConfig('', 'virtproxyd.conf', proxyKeys).values,
      clock,
      descriptors,
      clientLog: log,
      log: this.logs,
      ownUid: 500,
      libVersion: 11_003_000n,
      others: [new ManagedServer('virtproxyd', server.clients, workers)],
      alias: { name: 'libvirtd', means: 'virtproxyd' },
      accounts: {
        user: async (uid) => (uid === 1000 ? 'alice' : undefined),
        group: async (gid) => (gid === 1000 ? 'users' : undefined),
      },
      shutdown: (reason) => void this.stops.push(reason),
    });
  }

  connect(peer: PeerCredentials = root): AdminClient {
    const [near, far] = MemoryChannel.pair({ peer });
    this.server.accept(far);
    return new AdminClient(new WireClient(near));
  }
}

class AdminClient {
  readonly wire: WireClient;

  constructor(wire: WireClient) {
    this.wire = wire;
  }

  call(name: keyof typeof adminProgram.procedures, args: object): Promise<unknown> {
    return this.wire.callOf(adminProgram, adminProgram.procedures[name], { flags: 0, ...args });
  }

  refused(name: keyof typeof adminProgram.procedures, args: object) {
    return this.wire.refused(this.call(name, args));
  }
}

const srv = { name: 'libvirtd' };
const plainly = (answer: unknown): Record<string, unknown> =>
  Object.fromEntries(
    (answer as { params: TypedParameter[] }).params.map(({ field, value }) => [field, value.value]),
  );

describe('the admin server', () => {
  test('is for root and the own user', async () => {
    const fixture = new AdminFixture();
    await fixture.connect(alice).wire.closed();
    expect(await fixture.connect({ pid: 1, uid: 500, gid: 500 }).call('connectOpen', {})).toEqual({});
    expect(await fixture.connect().call('connectGetLibVersion', {})).toEqual({ libVer: 11_003_000n });
  });

  test('serves no other program', async () => {
    const { wire } = new AdminFixture().connect();
    expect(await wire.refused(wire.call('authList'))).toMatchObject({
      code: 39,
      message: 'Cannot find program 536903814 version 1',
    });
  });

  test('lists the servers, and finds the proxy by libvirtd’s name too', async () => {
    const client = new AdminFixture().connect();
    const servers = [{ name: 'admin' }, { name: 'virtproxyd' }];
    expect(await client.call('connectListServers', { needResults: 1 })).toEqual({ servers, ret: 2 });
    expect(await client.call('connectListServers', { needResults: 0 })).toEqual({ servers: [], ret: 2 });
    expect(await client.call('connectLookupServer', { name: 'libvirtd' })).toEqual({
      srv: { name: 'virtproxyd' },
    });
    expect(await client.refused('connectLookupServer', { name: 'foo' })).toMatchObject({
      code: 95,
      domain: 7,
      message: "Server not found: No server named 'foo'",
    });
  });

  test('knows no flags', async () => {
    const client = new AdminFixture().connect();
    expect(await client.refused('connectListServers', { needResults: 1, flags: 1 })).toMatchObject({
      code: 8,
      domain: 62,
      message: 'unsupported flags (0x1) in function adminConnectListServers',
      str1: 'adminConnectListServers',
    });
    expect(await client.refused('connectOpen', { flags: 1 })).toMatchObject({
      str1: 'adminDispatchConnectOpen',
    });
  });

  test('ends a connection after answering', async () => {
    const client = new AdminFixture().connect();
    expect(await client.call('connectClose', {})).toEqual({});
    await client.wire.closed();
  });

  test('stops the daemon when asked to', async () => {
    const fixture = new AdminFixture();
    await fixture.connect().call('connectDaemonShutdown', {});
    expect(fixture.stops).toHaveLength(1);
  });
});

describe('clients', () => {
  test('are listed, described and closed', async () => {
    const fixture = new AdminFixture();
    const admin = fixture.connect();
    const virsh = fixture.proxy.connect({ peer: alice, readOnly: true });
    await virsh.call('authList');
    const clnt = { srv: { name: 'virtproxyd' }, id: 1n, timestamp: 1_234_567_890n, transport: 0 };
    expect(await admin.call('serverListClients', { srv, needResults: 1 })).toEqual({
      clients: [clnt],
      ret: 1,
    });
    expect(await admin.call('serverLookupClient', { srv, id: 1n })).toEqual({ clnt });
    expect(plainly(await admin.call('clientGetInfo', { clnt }))).toEqual({
      readonly: 1,
      unix_user_id: 1000,
      unix_user_name: 'alice',
      unix_group_id: 1000,
      unix_group_name: 'users',
      unix_process_id: 4712,
    });
    expect(await admin.call('clientClose', { clnt })).toEqual({});
    await virsh.closed();
    expect(await admin.refused('serverLookupClient', { srv, id: 1n })).toMatchObject({
      code: 96,
      domain: 7,
      message: "Client not found: No client with matching ID '1'",
    });
  });

  test('have limits that can be changed', async () => {
    const fixture = new AdminFixture();
    const admin = fixture.connect();
    expect(plainly(await admin.call('serverGetClientLimits', { srv }))).toEqual({
      nclients_max: 5000,
      nclients: 0,
      nclients_unauth_max: 20,
      nclients_unauth: 0,
    });
    const params = [uintParameter('nclients_max', 1), uintParameter('nclients_unauth_max', 1)];
    await admin.call('serverSetClientLimits', { srv, params });
    fixture.proxy.connect();
    await fixture.proxy.connect().closed();
    await settle();
    expect(plainly(await admin.call('serverGetClientLimits', { srv }))).toMatchObject({
      nclients_max: 1,
      nclients: 1,
    });
  });

  test.each([
    [
      [uintParameter('nclients_max', 10)],
      8,
      'The overall maximum number of clients waiting for authentication',
    ],
    [[uintParameter('foo', 10)], 74, "parameter 'foo' not supported"],
    [
      [intParameter('nclients_max', 10)],
      8,
      "invalid type 'int' for parameter 'nclients_max', expected 'uint'",
    ],
  ])('have limits that fit together', async (params, code, text) => {
    const admin = new AdminFixture().connect();
    const fields = await admin.refused('serverSetClientLimits', { srv, params });
    expect(fields.code).toBe(code);
    expect(fields.message).toContain(text);
  });
});

test('numbers of workers are kept for tools that set them', async () => {
  const admin = new AdminFixture().connect();
  await admin.call('serverSetThreadpoolParameters', { srv, params: [uintParameter('maxWorkers', 30)] });
  expect(plainly(await admin.call('serverGetThreadpoolParameters', { srv }))).toEqual({
    minWorkers: 5,
    maxWorkers: 30,
    nWorkers: 1,
    freeWorkers: 1,
    prioWorkers: 5,
    jobQueueDepth: 0,
  });
  expect(
    await admin.refused('serverSetThreadpoolParameters', { srv, params: [uintParameter('minWorkers', 31)] }),
  ).toMatchObject({ code: 8, message: 'invalid argument: minWorkers cannot be larger than maxWorkers' });
});

test('there are no TLS files to read again', async () => {
  const admin = new AdminFixture().connect();
  const message = 'internal error: no tls service found, unable to update tls files';
  expect(await admin.refused('serverUpdateTlsFiles', { srv })).toMatchObject({ code: 1, domain: 7, message });
});

test('filters and outputs of the log are told and set in libvirt’s words', async () => {
  const fixture = new AdminFixture();
  const admin = fixture.connect();
  expect(await admin.call('connectGetLoggingOutputs', {})).toEqual({ outputs: '3:stderr', noutputs: 1 });
  expect(await admin.call('connectGetLoggingFilters', {})).toEqual({ filters: null, nfilters: 0 });
  await admin.call('connectSetLoggingFilters', { filters: '3:foo 1:bar.baz' });
  await admin.call('connectSetLoggingOutputs', { outputs: '1:file:/tmp/x' });
  expect(await admin.call('connectGetLoggingFilters', {})).toEqual({
    filters: '3:*foo* 1:*bar.baz*',
    nfilters: 2,
  });
  expect(await admin.call('connectGetLoggingOutputs', {})).toEqual({ outputs: '1:file:/tmp/x', noutputs: 1 });
  expect(await admin.refused('connectSetLoggingFilters', { filters: 'foo' })).toMatchObject({
    code: 8,
    message: "invalid argument: Malformed format for filter 'foo'",
  });
  await admin.call('connectSetLoggingFilters', { filters: null });
  await admin.call('connectSetLoggingOutputs', { outputs: null });
  expect([fixture.logs.filters, fixture.logs.destinations]).toEqual([[], []]);
});
