import { VirError } from '@modvirt/core/errors';
import type { Assembly } from '../assembly.js';
import { type OptionPart, options } from '../command/options.js';
import type { Graphics } from '../definition/types.js';
import { checkListens } from './display-listens.js';

type Spice = Extract<Graphics, { type: 'spice' }>;

export function addSpice(to: Assembly, spice: Spice): void {
  checkListens(spice.listens);
  const { config } = to.cx;
  const [listen] = spice.listens;
  const isNetwork = listen?.type === 'address' || listen?.type === 'network';
  const useTls = config.spiceTls && isNetwork && (spice.tlsPort ?? 0) > 0;
  if (config.spiceSasl && config.spiceSaslDir !== undefined) {
    to.out.environment('SASL_CONF_PATH', config.spiceSaslDir);
  }
  to.out.option(
    'spice',
    options(
      ...placeParts(to, spice),
      ...(config.spiceSasl && isNetwork ? ([['sasl', true]] as const) : []),
      ['agent-mouse', spice.mouse === undefined ? undefined : spice.mouse === 'client'],
      ['disable-ticketing', needsTicket(to, spice) ? undefined : true],
      ...(useTls ? ([['x509-dir', config.spiceTlsX509certdir]] as const) : []),
      ...channelParts(spice),
      ['image-compression', spice.image],
      ['jpeg-wan-compression', spice.jpeg],
      ['zlib-glz-wan-compression', spice.zlib],
      ['playback-compression', spice.playback],
      ['streaming-video', spice.streaming],
      ['disable-copy-paste', spice.clipboard === false ? true : undefined],
      ['disable-agent-file-xfer', spice.filetransfer === false ? true : undefined],
      ['gl', spice.gl?.enable === true ? true : undefined],
      ['rendernode', spice.gl?.enable === true ? spice.gl.rendernode : undefined],
      ['seamless-migration', true],
    ),
  );
  if (spice.keymap !== undefined) to.out.option('k', spice.keymap);
}

/** Whether clients must know a password. */
function needsTicket({ cx }: Assembly, spice: Spice): boolean {
  return spice.passwd !== undefined || cx.config.spicePassword !== undefined;
}

function placeParts(to: Assembly, spice: Spice): readonly OptionPart[] {
  const [listen] = spice.listens;
  if (listen?.type === 'socket')
    return [
      ['unix', true],
      ['addr', listen.socket],
    ];
  const port = spice.port ?? -1;
  const tlsPort = spice.tlsPort ?? -1;
  if (tlsPort > 0 && !to.cx.config.spiceTls) {
    throw VirError.of(
      'CONFIG_UNSUPPORTED',
      'spice TLS port set in XML configuration, but TLS is disabled in qemu.conf',
    );
  }
  const hasPort = port > 0 || tlsPort <= 0;
  const address = listen?.type === 'address' || listen?.type === 'network' ? listen.address : undefined;
  return [
    ['port', hasPort ? Math.max(port, 0) : undefined],
    ['tls-port', tlsPort > 0 ? tlsPort : undefined],
    ['addr', address],
  ];
}

function channelParts(spice: Spice): readonly OptionPart[] {
  const fallback: readonly OptionPart[] =
    spice.defaultMode === 'secure'
      ? [['tls-channel', 'default']]
      : spice.defaultMode === 'insecure'
        ? [['plaintext-channel', 'default']]
        : [];
  const channels = spice.channels.flatMap(({ name, mode }): OptionPart[] => {
    if (mode === 'secure') return [['tls-channel', name]];
    return mode === 'insecure' ? [['plaintext-channel', name]] : [];
  });
  return [...fallback, ...channels];
}
