import { attr, leaf } from '../../xml/attribute.js';
import { element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { oneOf, string } from '../../xml/scalars.js';
import { sizeInKiB } from '../size.js';
import { deviceInfo } from './device-info.js';

/** `<pstore>`: storage that survives a crash of the guest. */
export const pstore = element('pstore', {
  backend: attr(oneOf('acpi-erst')),
  path: optional(leaf(string)),
  size: sizeInKiB(),
  ...deviceInfo,
});
export type Pstore = Infer<typeof pstore>;
