import type { ProxyConfig } from '@modvirt/core/config';
import type { ByteChannel, Listener, Logger } from '@modvirt/core/ports';
import type { AdminServer } from './admin/admin-server.js';
import type { Auth, ProxyServer } from './proxy-server.js';

export interface SocketPlan {
  /** Under which systemd hands it over. */
  readonly name: string;
  readonly path: string;
  readonly mode: number;
  readonly gid?: number;
  readonly backlog: number;
  onChannel(channel: ByteChannel): void;
}

/** Where and how the sockets are opened. */
export interface SocketPlaces {
  readonly config: ProxyConfig;
  /** The daemon's name: that of its units. */
  readonly name: string;
  /** Where sockets are that `unix_sock_dir` does not move. */
  readonly directory: string;
  readonly isSession: boolean;
  readonly log: Logger;
  /** The number of a group, or undefined when there is none of that name. */
  findGroup(name: string): Promise<number | undefined>;
  listen(plan: SocketPlan): void;
  listenTcp(place: { readonly host?: string; readonly port: number }): Promise<Listener>;
}

/** Opens the sockets that libvirt's clients and administrators use. @throws what the configuration makes impossible */
export async function openSockets(
  places: SocketPlaces,
  proxy: ProxyServer,
  admin: AdminServer,
): Promise<readonly Listener[]> {
  const { config, name, listen, isSession } = places;
  const directory = config.unix_sock_dir ?? places.directory;
  const gid = await socketGroup(places);
  const group = gid === undefined ? {} : { gid };
  const readWriteAuth = authOf('auth_unix_rw', config.auth_unix_rw);
  const readWriteMode = config.unix_sock_rw_perms ?? (readWriteAuth === 'polkit' ? '0777' : '0700');
  listen({
    ...group,
    name: `${name}.socket`,
    path: `${directory}/libvirt-sock`,
    mode: modeOf('unix_sock_rw_perms', readWriteMode),
    backlog: config.max_queued_clients,
    onChannel: (channel) => proxy.accept(channel, { readOnly: false, auth: readWriteAuth }),
  });
  listen({
    name: `${name}-admin.socket`,
    path: `${directory}/libvirt-admin-sock`,
    mode: modeOf('unix_sock_admin_perms', config.unix_sock_admin_perms),
    backlog: config.admin_max_queued_clients,
    onChannel: (channel) => admin.accept(channel),
  });
  if (isSession) return [];
  const readOnlyAuth = authOf('auth_unix_ro', config.auth_unix_ro);
  listen({
    ...group,
    name: `${name}-ro.socket`,
    path: `${directory}/libvirt-sock-ro`,
    mode: modeOf('unix_sock_ro_perms', config.unix_sock_ro_perms),
    backlog: config.max_queued_clients,
    onChannel: (channel) => proxy.accept(channel, { readOnly: true, auth: readOnlyAuth }),
  });
  return config.listen_tcp ? [await openTcp(places, proxy)] : [];
}

async function openTcp({ config, listenTcp, log }: SocketPlaces, proxy: ProxyServer): Promise<Listener> {
  const auth = authOf('auth_tcp', config.auth_tcp);
  const port = Number(config.tcp_port);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new Error(`tcp_port = "${config.tcp_port}" is no port number`);
  const host = config.listen_addr;
  const listener = await listenTcp({ port, ...(host === undefined ? {} : { host }) });
  listener.start({
    onChannel: (channel) => proxy.accept(channel, { readOnly: false, auth, transport: 'tcp' }),
    onError: (error) => log.error('cannot take a connection', { socket: listener.description, error }),
  });
  return listener;
}

async function socketGroup({ config, findGroup }: SocketPlaces): Promise<number | undefined> {
  const { unix_sock_group: name } = config;
  if (name === undefined) return undefined;
  const gid = await findGroup(name);
  if (gid === undefined) throw new Error(`unix_sock_group: there is no group '${name}'`);
  return gid;
}

function authOf(key: string, value: 'none' | 'sasl' | 'polkit' | undefined): Auth {
  if (value === 'sasl') throw new Error(`${key} = "sasl" is not supported yet: use "none"`);
  return value ?? 'none';
}

function modeOf(key: string, text: string): number {
  if (!/^[0-7]{3,4}$/.test(text)) throw new Error(`${key} = "${text}" is no octal mode`);
  return Number.parseInt(text, 8);
}
