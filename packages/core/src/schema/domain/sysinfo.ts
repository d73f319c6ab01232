import { VirError } from '../../errors/vir-error.js';
import { attr, text } from '../../xml/attribute.js';
import { children, element, type Infer, within } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { string } from '../../xml/scalars.js';
import { variants } from '../../xml/variants.js';

const entry = element('entry', { name: attr(string), value: optional(text(string)) }, { whenEmpty: 'keep' });
const oemEntry = element('entry', { value: optional(text(string)) });
interface FirmwareEntry {
  readonly file?: string;
  readonly value?: string;
}

function checkEntry({ file, value }: FirmwareEntry): void {
  if (file !== undefined && value !== undefined) {
    throw VirError.of('XML_ERROR', "Firmware entry can't have both value and 'file' attribute");
  }
  if (file !== undefined || value !== undefined) return;
  throw VirError.of('XML_ERROR', "Firmware entry must have either value or 'file' attribute");
}

const fwcfgEntry = element(
  'entry',
  { name: attr(string), file: optional(attr(string)), value: optional(text(string)) },
  { check: checkEntry },
);

/** `<sysinfo>`: what the firmware tells the guest. */
export const sysinfo = element(
  'sysinfo',
  variants('type', {
    smbios: {
      bios: within('bios', children(entry)),
      system: within('system', children(entry)),
      baseBoards: children(element('baseBoard', { entries: children(entry) })),
      chassis: within('chassis', children(entry)),
      oemStrings: within('oemStrings', children(oemEntry)),
    },
    fwcfg: { entries: children(fwcfgEntry) },
  }),
);
export type Sysinfo = Infer<typeof sysinfo>;
