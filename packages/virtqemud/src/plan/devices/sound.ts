import type { Assembly } from '../assembly.js';
import { aliasOf } from '../definition/controllers.js';
import type { Sound } from '../definition/types.js';
import { addressProps } from './address-props.js';
import { virtioDriver, virtioProps } from './virtio.js';

const DRIVERS = {
  es1370: 'ES1370',
  ac97: 'AC97',
  sb16: 'sb16',
  usb: 'usb-audio',
  ich6: 'intel-hda',
  ich9: 'ich9-intel-hda',
} as const;

const CODECS = { duplex: 'hda-duplex', micro: 'hda-micro', output: 'hda-output' } as const;

/** Id of the audio back end of a sound card. */
function audioId(to: Assembly, wanted: number | undefined): string {
  return `audio${wanted ?? to.domain.devices.audios[0]?.id ?? 1}`;
}

export function addSound(to: Assembly, sound: Sound): void {
  const id = aliasOf(sound);
  const place = addressProps(to, sound);
  const audiodev = audioId(to, sound.audio);
  switch (sound.model) {
    case 'pcspk':
    case 'ich7':
      return;
    case 'ich6':
    case 'ich9':
      to.out.device({ driver: DRIVERS[sound.model], id, ...place });
      addCodecs(to, sound, audiodev);
      return;
    case 'virtio':
      to.out.device({
        ...virtioProps(virtioDriver('virtio-sound', sound.address), sound.driver),
        id,
        audiodev,
        streams: sound.streams,
        ...place,
      });
      return;
    case 'sb16':
    case 'es1370':
    case 'ac97':
    case 'usb':
      to.out.device({
        driver: DRIVERS[sound.model],
        id,
        audiodev,
        multi: sound.model === 'usb' ? sound.multichannel : undefined,
        ...place,
      });
  }
}

/** An HDA card without a codec has the one for both directions. */
function addCodecs(to: Assembly, sound: Sound, audiodev: string): void {
  const id = aliasOf(sound);
  const codecs = sound.codecs.length === 0 ? [{ type: 'duplex' as const }] : sound.codecs;
  for (const [cad, { type }] of codecs.entries()) {
    to.out.device({ driver: CODECS[type], id: `${id}-codec${cad}`, bus: `${id}.0`, cad, audiodev });
  }
}
