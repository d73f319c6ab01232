import { VirError } from '../../errors/vir-error.js';
import { attr, text } from '../../xml/attribute.js';
import { child, element, type Infer } from '../../xml/element.js';
import { optional, printedIf } from '../../xml/field.js';
import { oneOf, string, uint } from '../../xml/scalars.js';
import { variants } from '../../xml/variants.js';
import { required, unknown } from '../refusals.js';
import { chardevSource } from './chardev.js';
import { deviceInfo, virtioDriver } from './device-info.js';

const rate = element('rate', {
  bytes: attr(uint()),
  period: optional(attr(uint('milliseconds'), { absent: '0' })),
});

const backend = element(
  'backend',
  variants(
    'model',
    { random: { path: optional(text(string)) }, egd: chardevSource, builtin: {} },
    {
      missing: () => VirError.of('XML_ERROR', 'missing RNG device backend model'),
      unknown: unknown('RNG backend model').invalid,
    },
  ),
);

function onlyOne(): VirError {
  return VirError.of('XML_ERROR', 'only one RNG backend is supported');
}

/** `<rng>`: a source of random numbers. */
export const rng = element('rng', {
  model: attr(oneOf('virtio', 'virtio-transitional', 'virtio-non-transitional'), {
    ...unknown('RNG model'),
    ...required('missing RNG device model'),
  }),
  rate: printedIf((it: Infer<typeof rate>) => it.bytes > 0, optional(child(rate))),
  backend: child(backend, {
    missing: onlyOne,
    single: onlyOne,
  }),
  driver: optional(child(virtioDriver)),
  ...deviceInfo,
});
export type Rng = Infer<typeof rng>;
