import type { Props } from './json.js';
import { type OptionPart, options } from './options.js';

export type SocketAddress =
  | { readonly type: 'fd'; readonly fd: number }
  | { readonly type: 'unix'; readonly path: string }
  | { readonly type: 'inet'; readonly host: string; readonly port: string };

export interface InetAddress {
  readonly host: string;
  readonly port: string;
}

/** How soon a client tries again; QEMU's of old count in seconds. */
export type ReconnectDelay = { readonly milliseconds: number } | { readonly seconds: number };

export interface SocketBackend {
  readonly type: 'socket';
  readonly address: SocketAddress;
  readonly telnet?: boolean | undefined;
  readonly server?: boolean | undefined;
  /** A server that holds the guest up until somebody connects. */
  readonly waits?: boolean | undefined;
  readonly reconnect?: ReconnectDelay | undefined;
  readonly tlsCredentials?: string | undefined;
}

/** What is behind a character device, as QEMU is told. */
export type ChardevBackend =
  | { readonly type: 'null' | 'vc' | 'pty' | 'stdio' }
  | { readonly type: 'serial' | 'parallel' | 'pipe'; readonly path: string }
  | { readonly type: 'file'; readonly path: string }
  | { readonly type: 'udp'; readonly remote: InetAddress; readonly local: InetAddress | undefined }
  | { readonly type: 'spicevmc'; readonly name: string }
  | { readonly type: 'spiceport' | 'dbus'; readonly channel: string }
  | { readonly type: 'qemu-vdagent'; readonly clipboard: boolean; readonly mouse: boolean }
  | SocketBackend;

/** `-chardev` as a list of options. @param log the file that keeps what passes */
export function chardevOptions(id: string, backend: ChardevBackend, log: string | undefined): string {
  const [type, ...parts] = backendParts(backend);
  const logParts: readonly OptionPart[] =
    log === undefined
      ? []
      : [
          ['logfile', log],
          ['logappend', true],
        ];
  return options(type ?? '', ['id', id], ...parts, ...logParts);
}

function backendParts(backend: ChardevBackend): readonly OptionPart[] {
  const { type } = backend;
  switch (type) {
    case 'null':
    case 'vc':
    case 'pty':
    case 'stdio':
      return [type];
    case 'serial':
    case 'parallel':
    case 'pipe':
      return [type, ['path', backend.path]];
    case 'file':
      return [type, ['path', backend.path], ['append', true]];
    case 'udp': {
      const { remote, local } = backend;
      return [
        type,
        ['host', remote.host],
        ['port', remote.port],
        ['localaddr', local?.host ?? ''],
        ['localport', local?.port ?? '0'],
      ];
    }
    case 'spicevmc':
      return [type, ['name', backend.name]];
    case 'spiceport':
    case 'dbus':
      return [type, ['name', backend.channel]];
    case 'qemu-vdagent':
      return [type, ['name', 'vdagent'], ['clipboard', backend.clipboard], ['mouse', backend.mouse]];
    case 'socket':
      return [type, ...socketParts(backend)];
  }
}

function socketParts({ address, telnet, server, waits, reconnect, tlsCredentials }: SocketBackend) {
  const { type: _type, ...place } = address;
  const waiting: readonly OptionPart[] = server === true && waits !== true ? [['wait', false]] : [];
  return [
    ...Object.entries(place).map(([key, value]): OptionPart => [key, value]),
    ['telnet', telnet === true ? true : undefined],
    ['server', server === true ? true : undefined],
    ...waiting,
    ...Object.entries(reconnectProps(reconnect)).map(([key, value]): OptionPart => [key, Number(value)]),
    ['tls-creds', tlsCredentials],
  ] satisfies readonly OptionPart[];
}

function reconnectProps(reconnect: ReconnectDelay | undefined): Props {
  if (reconnect === undefined) return {};
  return 'seconds' in reconnect
    ? { reconnect: reconnect.seconds }
    : { 'reconnect-ms': reconnect.milliseconds };
}

/** `-chardev` as JSON, which newer QEMUs read. */
export function chardevProps(id: string, backend: ChardevBackend, log: string | undefined): Props {
  const logData = log === undefined ? {} : { logfile: log, logappend: true };
  return { id, backend: { type: backend.type, data: { ...backendData(backend), ...logData } } };
}

function backendData(backend: ChardevBackend): Props {
  switch (backend.type) {
    case 'null':
    case 'vc':
    case 'pty':
    case 'stdio':
      return {};
    case 'serial':
    case 'parallel':
    case 'pipe':
      return { device: backend.path };
    case 'file':
      return { out: backend.path, append: true };
    case 'udp':
      return {
        remote: inet(backend.remote),
        local: backend.local === undefined ? undefined : inet(backend.local),
      };
    case 'spicevmc':
      return { type: backend.name };
    case 'spiceport':
      return { fqdn: backend.channel };
    case 'dbus':
      return { name: backend.channel };
    case 'qemu-vdagent':
      return { clipboard: backend.clipboard, mouse: backend.mouse };
    case 'socket':
      return socketData(backend);
  }
}

function socketData({ address, telnet, server, waits, reconnect, tlsCredentials }: SocketBackend): Props {
  return {
    addr: addressData(address),
    telnet,
    server: server === true,
    wait: server === true && waits !== true ? false : undefined,
    ...reconnectProps(reconnect),
    'tls-creds': tlsCredentials,
  };
}

function addressData(address: SocketAddress): Props {
  switch (address.type) {
    case 'fd':
      return { type: 'fd', data: { str: String(address.fd) } };
    case 'unix':
      return { type: 'unix', data: { path: address.path } };
    case 'inet':
      return inet(address);
  }
}

function inet({ host, port }: InetAddress): Props {
  return { type: 'inet', data: { host, port } };
}
