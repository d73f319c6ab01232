import { VirError } from '@modvirt/core/errors';
import type { Assembly } from '../assembly.js';
import { escapeOption, type OptionPart, options } from '../command/options.js';
import type { Graphics } from '../definition/types.js';
import { checkListens } from './display-listens.js';
import { addSpice } from './spice.js';
import { tlsCredentials } from './tls.js';

export type GraphicsOf<T extends Graphics['type']> = Extract<Graphics, { type: T }>;

export function addGraphics(to: Assembly, graphics: Graphics): void {
  switch (graphics.type) {
    case 'sdl':
      if (graphics.xauth !== undefined) to.out.environment('XAUTHORITY', graphics.xauth);
      if (graphics.display !== undefined) to.out.environment('DISPLAY', graphics.display);
      if (graphics.fullscreen === true) to.out.option('full-screen');
      to.out.option('display', options('sdl', ['gl', graphics.gl?.enable]));
      return;
    case 'vnc':
      addVnc(to, graphics);
      return;
    case 'spice':
      addSpice(to, graphics);
      return;
    case 'egl-headless':
      to.out.option('display', options('egl-headless', ['rendernode', graphics.gl?.rendernode]));
      return;
    case 'dbus':
      addDbusDisplay(to, graphics);
      return;
    case 'rdp':
      return;
    case 'desktop':
      throw VirError.of('CONFIG_UNSUPPORTED', "unsupported graphics type 'desktop'");
  }
}

function addDbusDisplay(to: Assembly, graphics: GraphicsOf<'dbus'>): void {
  const address = graphics.p2p === true ? undefined : graphics.address;
  to.out.option(
    'display',
    options(
      'dbus',
      ['p2p', graphics.p2p],
      ['addr', address],
      ['gl', graphics.gl?.enable],
      ['rendernode', graphics.gl?.rendernode],
      ['audiodev', graphics.audio === undefined ? undefined : `audio${graphics.audio}`],
    ),
  );
}

/** An address as it stands before a port: IPv6 in brackets. */
export function hostPart(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

const SHARE_POLICIES = {
  'allow-exclusive': 'allow-exclusive',
  'force-shared': 'force-shared',
  ignore: 'ignore',
} as const;

function addVnc(to: Assembly, vnc: GraphicsOf<'vnc'>): void {
  checkListens(vnc.listens);
  const { config } = to.cx;
  const [listen] = vnc.listens;
  const isSocket = listen?.type === 'socket';
  const tls = config.vncTls && !isSocket ? vncTls(to) : undefined;
  if (config.vncSasl && config.vncSaslDir !== undefined) {
    to.out.environment('SASL_CONF_PATH', config.vncSaslDir);
  }
  const password = vnc.passwd !== undefined || config.vncPassword !== undefined;
  const parts: OptionPart[] = [
    ...vncPlace(to, vnc),
    ['share', vnc.sharePolicy === undefined ? undefined : SHARE_POLICIES[vnc.sharePolicy]],
    ['password', password ? true : undefined],
    ['tls-creds', tls],
    ['sasl', config.vncSasl ? true : undefined],
    ['power-control', vnc.powerControl],
    ['audiodev', `audio${vnc.audio ?? to.domain.devices.audios[0]?.id ?? 1}`],
  ];
  to.out.option('vnc', options(...parts));
  if (vnc.keymap !== undefined) to.out.option('k', vnc.keymap);
}

function vncTls(to: Assembly): string {
  const { config } = to.cx;
  return tlsCredentials(to, {
    alias: 'vnc',
    directory: config.vncTlsX509certdir,
    isServer: true,
    verifyPeer: config.vncTlsX509verify,
    secretUuid: config.vncTlsX509secretUuid,
  });
}

/** VNC counts displays from port 5900. */
const FIRST_PORT = 5900;
const FIRST_WEBSOCKET_PORT = 5700;

function vncPlace(_to: Assembly, vnc: GraphicsOf<'vnc'>): readonly OptionPart[] {
  const [listen] = vnc.listens;
  switch (listen?.type) {
    case 'socket':
      return [`vnc=unix:${escapeOption(listen.socket ?? '')}`];
    case 'address':
    case 'network': {
      checkPort(vnc.port);
      const display = (vnc.port ?? FIRST_PORT) - FIRST_PORT;
      const websocket = vnc.websocket === undefined ? undefined : websocketPart(vnc.websocket);
      return [`${hostPart(listen.address ?? '')}:${display}`, ['websocket', websocket]];
    }
    case 'none':
    case undefined:
      return ['none'];
  }
}

const LAST_PORT = 65_535;

function checkPort(port: number | undefined): void {
  if (port === undefined || (port >= FIRST_PORT && port <= LAST_PORT)) return;
  throw VirError.of('CONFIG_UNSUPPORTED', 'vnc port must be in range [5900,65535]');
}

function websocketPart(port: number): string | undefined {
  return port < FIRST_WEBSOCKET_PORT ? undefined : String(port);
}
