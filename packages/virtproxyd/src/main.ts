import { join } from 'node:path';
import { linkTo } from '@modvirt/client';
import { NativeProcesses } from '@modvirt/core/adapters';
import { proxyKeys } from '@modvirt/core/config';
import { type DaemonContext, runDaemon } from '@modvirt/core/daemon';
import type { Driver } from '@modvirt/core/driver';
import { nativeSocketPath } from '@modvirt/core/uri';
import packageJson from '../package.json' with { type: 'json' };
import { polkitCheck } from './polkit.js';
import { type Auth, ProxyServer } from './proxy-server.js';
import { socketPlaces } from './routing/socket-places.js';

type Context = DaemonContext<typeof proxyKeys>;

async function setup(context: Context): Promise<Driver> {
  const { config, paths, log, clock, descriptors, native } = context;
  const socketOf = (daemon: string): string => nativeSocketPath(paths, daemon);
  const proxy = new ProxyServer({
    config,
    places: socketPlaces(socketOf, context.args.session ? 'session' : 'system'),
    clock,
    descriptors,
    log,
    ownUid: process.getuid?.() ?? 0,
    polkit: polkitCheck(new NativeProcesses(native)),
    connect: (daemon) => linkTo({ daemon, socket: socketOf(daemon), name: context.name, log }),
  });
  await openSockets(context, proxy);
  return { programs: [], isBusy: () => proxy.clients.size > 0, close: () => proxy.close() };
}

async function openSockets(context: Context, proxy: ProxyServer): Promise<void> {
  const { config, paths, native, args } = context;
  const directory = config.unix_sock_dir ?? paths.run;
  const gid =
    config.unix_sock_group === undefined ? undefined : (await native.findGroup(config.unix_sock_group))?.gid;
  if (config.unix_sock_group !== undefined && gid === undefined) {
    throw new Error(`unix_sock_group: there is no group '${config.unix_sock_group}'`);
  }
  const readWriteAuth = authOf('auth_unix_rw', config.auth_unix_rw);
  const readWriteMode = config.unix_sock_rw_perms ?? (readWriteAuth === 'polkit' ? '0777' : '0700');
  const common = { backlog: config.max_queued_clients, ...(gid === undefined ? {} : { gid }) };
  context.listen({
    ...common,
    name: `${context.name}.socket`,
    path: join(directory, 'libvirt-sock'),
    mode: modeOf('unix_sock_rw_perms', readWriteMode),
    onChannel: (channel) => proxy.accept(channel, { readOnly: false, auth: readWriteAuth }),
  });
  if (args.session) return;
  const readOnlyAuth = authOf('auth_unix_ro', config.auth_unix_ro);
  context.listen({
    ...common,
    name: `${context.name}-ro.socket`,
    path: join(directory, 'libvirt-sock-ro'),
    mode: modeOf('unix_sock_ro_perms', config.unix_sock_ro_perms),
    onChannel: (channel) => proxy.accept(channel, { readOnly: true, auth: readOnlyAuth }),
  });
}

function authOf(key: string, value: 'none' | 'sasl' | 'polkit' | undefined): Auth {
  if (value === 'sasl') throw new Error(`${key} = "sasl" is not supported yet: use "none" or "polkit"`);
  return value ?? 'none';
}

function modeOf(key: string, text: string): number {
  if (!/^[0-7]{3,4}$/.test(text)) throw new Error(`${key} = "${text}" is no octal mode`);
  return Number.parseInt(text, 8);
}

void runDaemon({
  name: 'virtproxyd',
  version: packageJson.version,
  configKeys: proxyKeys,
  configFiles: ['virtproxyd.conf', 'libvirtd.conf'],
  setup,
});
