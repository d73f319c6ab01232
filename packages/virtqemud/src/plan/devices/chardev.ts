import type { Assembly } from '../assembly.js';
import type { ChardevBackend, ReconnectDelay, SocketBackend } from '../command/chardev-backend.js';
import type { ChardevSource } from '../definition/types.js';
import { tlsCredentials } from './tls.js';

/** How a character device is set up beyond what its source says. */
export interface ChardevOptions {
  /** The device's alias, `serial0`: the chardev is `charserial0`. */
  readonly alias: string;
  /** QEMU waits for a client before the guest runs. */
  readonly wait?: boolean;
  /** The kind of SPICE channel (`vdagent`, `usbredir`, `smartcard`). */
  readonly spiceName?: string;
  /** A parallel port has a back end of its own. */
  readonly parallel?: boolean;
}

/** Adds the chardev of a device and what must be there before it; answers its id. */
export function addChardev(to: Assembly, source: ChardevSource, setup: ChardevOptions): string {
  const id = `char${setup.alias}`;
  const backend = backendOf(to, source, setup);
  to.out.chardev(id, backend, logPath(to, source, setup.alias));
  return id;
}

function backendOf(to: Assembly, source: ChardevSource, setup: ChardevOptions): ChardevBackend {
  switch (source.type) {
    case 'null':
    case 'vc':
    case 'stdio':
      return { type: source.type };
    case 'nmdm':
      return { type: 'null' };
    case 'pty':
      to.out.terminal(setup.alias);
      return { type: 'pty' };
    case 'dev': {
      const path = source.source?.path ?? '';
      to.out.resource(path);
      return { type: setup.parallel === true ? 'parallel' : 'serial', path };
    }
    case 'pipe':
      return { type: 'pipe', path: source.source?.path ?? '' };
    case 'file':
      return { type: 'file', path: openFile(to, source.source?.path ?? '', setup.alias) };
    case 'udp':
      return udpBackend(source);
    case 'tcp':
      return tcpBackend(to, source, setup);
    case 'unix':
      return unixBackend(to, source, setup);
    case 'spicevmc':
      return { type: 'spicevmc', name: setup.spiceName ?? 'vdagent' };
    case 'spiceport':
    case 'dbus':
      return { type: source.type, channel: source.source?.channel ?? '' };
    case 'qemu-vdagent':
      return {
        type: 'qemu-vdagent',
        clipboard: source.source?.clipboard?.copypaste ?? false,
        mouse: source.source?.mouse?.mode === 'client',
      };
  }
}

type Of<T extends ChardevSource['type']> = Extract<ChardevSource, { type: T }>;

/** A file that is written to is opened by the daemon; answers the path under which QEMU has it. */
function openFile(to: Assembly, path: string, alias: string): string {
  const number = to.out.descriptor('chardev-source', (fd) => ({ type: 'append', number: fd, path }));
  return to.out.addFd(number, `${alias}-source`);
}

function udpBackend({ connect, bind }: Of<'udp'>): ChardevBackend {
  return {
    type: 'udp',
    remote: { host: connect?.host ?? '', port: connect?.service ?? '' },
    local: bind === undefined ? undefined : { host: bind.host ?? '', port: bind.service ?? '0' },
  };
}

function tcpBackend(to: Assembly, source: Of<'tcp'>, setup: ChardevOptions): SocketBackend {
  const { source: place, protocol } = source;
  const listens = place?.mode === 'bind';
  return {
    type: 'socket',
    address: { type: 'inet', host: place?.host ?? '', port: place?.service ?? '' },
    telnet: protocol.type === 'telnet',
    ...(listens ? { server: true, waits: setup.wait } : { reconnect: reconnectDelay(to, place?.reconnect) }),
    tlsCredentials: chardevTls(to, place?.tls, setup.alias, listens),
  };
}

/** TLS as the device says, else as the daemon's configuration says; answers the credentials' id. */
function chardevTls(
  to: Assembly,
  wanted: boolean | undefined,
  alias: string,
  listens: boolean,
): string | undefined {
  const { config } = to.cx;
  if (!(wanted ?? config.chardevTls)) return undefined;
  return tlsCredentials(to, {
    alias: `char${alias}`,
    directory: config.chardevTlsX509certdir,
    isServer: listens,
    verifyPeer: listens ? config.chardevTlsX509verify : true,
    secretUuid: config.chardevTlsX509secretUuid,
  });
}

function unixBackend(to: Assembly, { source }: Of<'unix'>, setup: ChardevOptions): SocketBackend {
  const path = source?.path ?? '';
  if (source?.mode !== 'bind') {
    const reconnect = reconnectDelay(to, source?.reconnect);
    return { type: 'socket', address: { type: 'unix', path }, reconnect };
  }
  if (to.cx.standalone === true) return { type: 'socket', address: { type: 'unix', path }, server: true };
  if (setup.wait === true) {
    return { type: 'socket', address: { type: 'unix', path }, server: true, waits: true };
  }
  const fd = to.out.descriptor('listen', (number) => ({ type: 'listen', number, path, owner: 'guest' }));
  return { type: 'socket', address: { type: 'fd', fd }, server: true };
}

interface Reconnect {
  readonly enabled?: boolean | undefined;
  readonly timeout?: number | undefined;
}

/** How soon a client tries again, in the unit that this QEMU understands. */
export function reconnectDelay(to: Assembly, reconnect: Reconnect | undefined): ReconnectDelay | undefined {
  if (reconnect?.enabled === undefined) return undefined;
  const seconds = reconnect.enabled ? (reconnect.timeout ?? 0) : 0;
  return to.cx.caps.has('chardev-reconnect-miliseconds') ? { milliseconds: seconds * 1000 } : { seconds };
}

/** The file that keeps what passes, as QEMU has it. */
function logPath(to: Assembly, source: ChardevSource, alias: string): string | undefined {
  if (source.type === 'spicevmc' || source.log === undefined) return undefined;
  const { file } = source.log;
  const number = to.out.descriptor('chardev-log', (fd) => ({ type: 'append', number: fd, path: file }));
  return to.out.addFd(number, `${alias}-log`);
}
