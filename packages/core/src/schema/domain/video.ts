import { VirError } from '../../errors/vir-error.js';
import { attr } from '../../xml/attribute.js';
import { child, element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { oneOf, onOff, string, uint, yesNo } from '../../xml/scalars.js';
import { unknown } from '../refusals.js';
import { deviceInfo, virtioOptions } from './device-info.js';

const driver = element('driver', {
  ...virtioOptions,
  name: optional(attr(oneOf('qemu', 'vhostuser'), { absent: 'default' })),
  vgaconf: optional(attr(oneOf('io', 'on', 'off'))),
});

const acceleration = element('acceleration', {
  accel3d: optional(attr(yesNo)),
  accel2d: optional(attr(yesNo)),
  rendernode: optional(attr(string)),
});

function notParsed(what: string) {
  return { invalid: (value: string) => VirError.of('XML_ERROR', `cannot parse video ${what} '${value}'`) };
}

const model = element(
  'model',
  {
    type: optional(
      attr(
        oneOf(
          'vga',
          'cirrus',
          'vmvga',
          'xen',
          'vbox',
          'qxl',
          'parallels',
          'virtio',
          'gop',
          'none',
          'bochs',
          'ramfb',
        ),
        { absent: 'default', ...unknown('video model') },
      ),
    ),
    ram: optional(attr(uint('KiB'), { absent: '0', ...notParsed('ram') })),
    vram: optional(attr(uint('KiB'), { absent: '0', ...notParsed('vram') })),
    vram64: optional(attr(uint('KiB'), { absent: '0', ...notParsed('vram64') })),
    vgamem: optional(attr(uint('KiB'), { absent: '0', ...notParsed('vgamem') })),
    heads: optional(attr(uint(), { absent: '0' })),
    primary: optional(attr(yesNo)),
    blob: optional(attr(onOff)),
    acceleration: optional(child(acceleration)),
    resolution: optional(child(element('resolution', { x: attr(uint()), y: attr(uint()) }))),
  },
  // What is no card has no memory and no outputs.
  { adjust: (value) => (value.type === 'none' ? { type: 'none' as const } : value) },
);

/** `<video>`: a graphics card. */
export const video = element(
  'video',
  { driver: optional(child(driver)), model: optional(child(model)), ...deviceInfo },
  { whenEmpty: 'spread' },
);
export type Video = Infer<typeof video>;
