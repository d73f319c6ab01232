import type { Assembly } from '../assembly.js';
import type { Sysinfo } from '../definition/types.js';
import { requireSmbios } from '../validate/sysinfo.js';
import { type OptionPart, options } from './options.js';

type Smbios = Extract<Sysinfo, { type: 'smbios' }>;
type Entries = readonly { readonly name: string; readonly value?: string | undefined }[];

const BIOS = ['vendor', 'version', 'date', 'release'];
const SYSTEM = ['manufacturer', 'product', 'version', 'serial', 'uuid', 'sku', 'family'];
const BOARD = ['manufacturer', 'product', 'version', 'serial', 'asset', 'location'];
const CHASSIS = ['manufacturer', 'version', 'serial', 'asset', 'sku'];

/** `-smbios`: what the firmware says about the machine. */
export function addSmbios(to: Assembly): void {
  const { domain, cx } = to;
  const own = domain.sysinfos.find((it): it is Smbios => it.type === 'smbios');
  const info = domain.os.smbios === 'host' ? cx.host.smbios : own;
  requireSmbios(domain, cx.host.smbios !== undefined);
  if (domain.os.smbios !== 'host' && domain.os.smbios !== 'sysinfo') return;
  if (info === undefined) return;
  addTable(to, 0, info.bios, BIOS);
  addTable(to, 1, domain.os.smbios === 'host' ? withoutUuid(info.system) : info.system, SYSTEM);
  if (domain.os.smbios === 'host') return;
  for (const board of info.baseBoards) addTable(to, 2, board.entries, BOARD);
  addTable(to, 3, info.chassis, CHASSIS);
  if (info.oemStrings.length > 0) {
    const values = info.oemStrings.map((it): OptionPart => ['value', it.value ?? '']);
    to.out.option('smbios', options(['type', 11], ...values));
  }
}

/** The host's identity is its own. */
function withoutUuid(entries: Entries): Entries {
  return entries.filter((it) => it.name !== 'uuid');
}

function addTable(to: Assembly, type: number, entries: Entries, order: readonly string[]): void {
  if (entries.length === 0) return;
  const parts = order.map((name): OptionPart => [name, entries.find((it) => it.name === name)?.value]);
  to.out.option('smbios', options(['type', type], ...parts));
}

/** `-fw_cfg`: files that the firmware offers the guest. */
export function addFirmwareConfig(to: Assembly): void {
  for (const info of to.domain.sysinfos) {
    if (info.type !== 'fwcfg') continue;
    for (const { name, file, value } of info.entries) {
      to.out.option(
        'fw_cfg',
        options(['name', name], file === undefined ? ['string', value] : ['file', file]),
      );
    }
  }
}
