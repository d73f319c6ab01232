import type { Assembly } from '../assembly.js';
import type { Props } from '../command/json.js';
import type { Audio } from '../definition/types.js';

/** QEMU's name of a back end where it is not libvirt's. */
const DRIVERS: { readonly [type in Audio['type']]?: string } = { pulseaudio: 'pa', file: 'wav' };

const PIPEWIRE_VARIABLES = ['PIPEWIRE_CORE', 'PIPEWIRE_REMOTE', 'PIPEWIRE_RUNTIME_DIR'];

/** Variables by which back ends find their server. */
function addEnvironment(to: Assembly, audio: Audio): void {
  if (audio.type === 'sdl' && audio.driver !== undefined) to.out.environment('SDL_AUDIODRIVER', audio.driver);
  if (audio.type !== 'pipewire') return;
  for (const name of PIPEWIRE_VARIABLES) {
    const own = name === 'PIPEWIRE_RUNTIME_DIR' ? audio.runtimeDir : undefined;
    const value = own ?? to.cx.host.environment(name);
    if (value !== undefined) to.out.environment(name, value);
  }
}

export function addAudio(to: Assembly, audio: Audio): void {
  addEnvironment(to, audio);
  to.out.json('audiodev', {
    id: `audio${audio.id}`,
    driver: DRIVERS[audio.type] ?? audio.type,
    'timer-period': audio.timerPeriod,
    ...ownProps(audio),
    in: directionProps(audio, 'input'),
    out: directionProps(audio, 'output'),
  });
}

function ownProps(audio: Audio): Props {
  switch (audio.type) {
    case 'oss':
      return { 'try-mmap': audio.tryMMap, exclusive: audio.exclusive, 'dsp-policy': audio.dspPolicy };
    case 'pulseaudio':
      return { server: audio.serverName };
    case 'file':
      return { path: audio.path };
    default:
      return {};
  }
}

/** What any back end may say of a direction; each says only some of it. */
interface Direction {
  readonly mixingEngine?: boolean | undefined;
  readonly fixedSettings?: boolean | undefined;
  readonly voices?: number | undefined;
  readonly bufferLength?: number | undefined;
  readonly settings?:
    | {
        readonly frequency?: number | undefined;
        readonly channels?: number | undefined;
        readonly format?: string | undefined;
      }
    | undefined;
  readonly dev?: string | undefined;
  readonly bufferCount?: number | undefined;
  readonly tryPoll?: boolean | undefined;
  readonly serverName?: string | undefined;
  readonly clientName?: string | undefined;
  readonly connectPorts?: string | undefined;
  readonly exactName?: boolean | undefined;
  readonly name?: string | undefined;
  readonly streamName?: string | undefined;
  readonly latency?: number | undefined;
}

function directionProps(audio: Audio, which: 'input' | 'output'): Props | undefined {
  const side: Direction | undefined = audio[which];
  if (side === undefined) return undefined;
  const props: Props = {
    'mixing-engine': side.mixingEngine,
    'fixed-settings': side.fixedSettings,
    voices: side.voices,
    'buffer-length': side.bufferLength,
    frequency: side.settings?.frequency,
    channels: side.settings?.channels,
    format: side.settings?.format,
    dev: side.dev,
    'buffer-count': side.bufferCount,
    'try-poll': side.tryPoll,
    'server-name': side.serverName,
    'client-name': side.clientName,
    'connect-ports': side.connectPorts,
    'exact-name': side.exactName,
    name: side.name,
    'stream-name': side.streamName,
    latency: side.latency,
  };
  return Object.values(props).some((it) => it !== undefined) ? props : undefined;
}
