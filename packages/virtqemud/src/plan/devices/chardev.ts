import type { Assembly } from '../assembly.js';
import { type OptionPart, options } from '../command/options.js';
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
  const backend = backendOptions(to, source, setup, id);
  const log = logOptions(to, source, setup.alias);
  to.out.option('chardev', options(...backend, ...log));
  return id;
}

function backendOptions(
  to: Assembly,
  source: ChardevSource,
  setup: ChardevOptions,
  id: string,
): readonly OptionPart[] {
  switch (source.type) {
    case 'null':
    case 'vc':
    case 'stdio':
      return [source.type, ['id', id]];
    case 'pty':
      to.out.terminal(setup.alias);
      return ['pty', ['id', id]];
    case 'dev':
      to.out.resource(source.source?.path ?? '');
      return [
        setup.parallel === true ? 'parallel' : 'serial',
        ['id', id],
        ['path', source.source?.path ?? ''],
      ];
    case 'pipe':
      return ['pipe', ['id', id], ['path', source.source?.path ?? '']];
    case 'file':
      return fileOptions(to, source.source ?? { seclabels: [] }, setup.alias, id);
    case 'udp':
      return udpOptions(source, id);
    case 'tcp':
      return tcpOptions(to, source, setup, id);
    case 'unix':
      return unixOptions(to, source, setup, id);
    case 'spicevmc':
      return ['spicevmc', ['id', id], ['name', setup.spiceName ?? 'vdagent']];
    case 'spiceport':
      return ['spiceport', ['id', id], ['name', source.source?.channel]];
    case 'dbus':
      return ['dbus', ['id', id], ['name', source.source?.channel]];
    case 'nmdm':
      return ['null', ['id', id]];
    case 'qemu-vdagent':
      return [
        'qemu-vdagent',
        ['id', id],
        ['name', 'vdagent'],
        ['clipboard', source.source?.clipboard?.copypaste ?? false],
        ['mouse', source.source?.mouse?.mode === 'client'],
      ];
  }
}

type Of<T extends ChardevSource['type']> = Extract<ChardevSource, { type: T }>;

function fileOptions(
  to: Assembly,
  source: NonNullable<Of<'file'>['source']>,
  alias: string,
  id: string,
): readonly OptionPart[] {
  const number = to.out.descriptor('chardev-source', (fd) => ({
    type: 'append',
    number: fd,
    path: source.path ?? '',
  }));
  const path = to.out.addFd(number, `${alias}-source`);
  return ['file', ['id', id], ['path', path], ['append', true]];
}

function udpOptions(source: Of<'udp'>, id: string): readonly OptionPart[] {
  const remote = source.connect;
  const local = source.bind;
  return [
    'udp',
    ['id', id],
    ['host', remote?.host ?? ''],
    ['port', remote?.service ?? ''],
    ['localaddr', local?.host ?? ''],
    ['localport', local?.service ?? '0'],
  ];
}

function tcpOptions(
  to: Assembly,
  source: Of<'tcp'>,
  setup: ChardevOptions,
  id: string,
): readonly OptionPart[] {
  const { source: place, protocol } = source;
  const listens = place?.mode === 'bind';
  const tls = chardevTls(to, place?.tls, setup.alias, listens);
  return [
    'socket',
    ['id', id],
    ['host', place?.host ?? ''],
    ['port', place?.service ?? ''],
    ['telnet', protocol?.type === 'telnet' ? true : undefined],
    ...(listens ? serverOptions(setup) : reconnectOptions(to, place?.reconnect)),
    ['tls-creds', tls],
  ];
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

function unixOptions(
  to: Assembly,
  source: Of<'unix'>,
  setup: ChardevOptions,
  id: string,
): readonly OptionPart[] {
  const path = source.source?.path ?? '';
  if (source.source?.mode !== 'bind') {
    return ['socket', ['id', id], ['path', path], ...reconnectOptions(to, source.source?.reconnect)];
  }
  if (setup.wait === true) return ['socket', ['id', id], ['path', path], ['server', true]];
  const fd = to.out.descriptor('listen', (number) => ({ type: 'listen', number, path, owner: 'guest' }));
  return ['socket', ['id', id], ['fd', fd], ...serverOptions(setup)];
}

function serverOptions(setup: ChardevOptions): readonly OptionPart[] {
  return [['server', true], ...(setup.wait === true ? [] : ([['wait', false]] as const))];
}

interface Reconnect {
  readonly enabled?: boolean | undefined;
  readonly timeout?: number | undefined;
}

/** How soon a client tries again, in the unit that this QEMU understands. */
export function reconnectOptions(to: Assembly, reconnect: Reconnect | undefined): readonly OptionPart[] {
  if (reconnect?.enabled === undefined) return [];
  const seconds = reconnect.enabled ? (reconnect.timeout ?? 0) : 0;
  if (to.cx.caps.has('chardev-reconnect-miliseconds')) return [['reconnect-ms', seconds * 1000]];
  return [['reconnect', seconds]];
}

function logOptions(to: Assembly, source: ChardevSource, alias: string): readonly OptionPart[] {
  if (source.type === 'spicevmc' || source.log === undefined) return [];
  const { file } = source.log;
  const number = to.out.descriptor('chardev-log', (fd) => ({ type: 'append', number: fd, path: file }));
  return [
    ['logfile', to.out.addFd(number, `${alias}-log`)],
    ['logappend', true],
  ];
}
