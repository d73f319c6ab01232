import { VirError } from '../../errors/vir-error.js';
import { attr, childAttr } from '../../xml/attribute.js';
import type { FormatContext } from '../../xml/context.js';
import { child, element } from '../../xml/element.js';
import { optional, printedIf, readWhen } from '../../xml/field.js';
import { nonZero, onOff, type Scalar, string, uint, yesNo } from '../../xml/scalars.js';
import { address } from './address.js';

/** An alias that the user chose; others are the driver's and exist only while the guest runs. */
export function isUserAlias(alias: string): boolean {
  return alias.startsWith('ua-');
}

const aliasName = readWhen(
  (cx, alias: string) => !cx.inactive || isUserAlias(alias),
  optional(childAttr('alias', 'name', string)),
);

const MAX_LOADPARM = 8;

/** What firmware of s390 is asked to load: some letters, in capitals. */
const loadparm: Scalar<string> = {
  ...string,
  parse(text) {
    const capitals = text.toUpperCase();
    if (text.length < 1 || text.length > MAX_LOADPARM) {
      throw VirError.of('INTERNAL_ERROR', `loadparm value '${capitals}' must be between 1 and 8 characters`);
    }
    if (!/^[a-zA-Z0-9. ]*$/.test(text)) {
      throw VirError.of(
        'INTERNAL_ERROR',
        `invalid loadparm value '${capitals}', expecting chars in set of [a-zA-Z0-9.] and blank spaces`,
      );
    }
    return capitals;
  },
};

export const boot = element('boot', { order: attr(nonZero(uint())), loadparm: optional(attr(loadparm)) });

const rom = element('rom', {
  enabled: optional(attr(yesNo)),
  bar: optional(attr(onOff)),
  file: optional(attr(string)),
});

const acpi = element('acpi', {
  index: optional(attr(uint(), { absent: '0' })),
  nodeset: optional(attr(string)),
});

const alias = printedIf((it: string, cx: FormatContext) => !cx.inactive || isUserAlias(it), aliasName);

/** What any device may have; to be spread last into its fields. */
export const deviceInfo = {
  alias,
  acpi: optional(child(acpi)),
  address: optional(child(address)),
};

/** As `deviceInfo`, for devices that a guest can boot from. */
export const bootableInfo = {
  boot: optional(child(boot)),
  ...deviceInfo,
};

/** As `bootableInfo`, for PCI devices with an option ROM. */
export const romInfo = {
  boot: optional(child(boot)),
  alias,
  rom: optional(child(rom)),
  acpi: deviceInfo.acpi,
  address: deviceInfo.address,
};

export { alias as deviceAlias };

/** Attributes of `<driver>` that every virtio device has; to be spread last. */
export const virtioOptions = {
  iommu: optional(attr(onOff)),
  ats: optional(attr(onOff)),
  packed: optional(attr(onOff)),
  page_per_vq: optional(attr(onOff)),
};

/** `<driver>` of a virtio device that has nothing else there. */
export const virtioDriver = element('driver', virtioOptions);
