import { VirError } from '../../errors/vir-error.js';
import type { Logger } from '../../ports/logger.js';
import type { Processes } from '../../ports/processes.js';
import type { HostSysinfo } from '../../schema/host-sysinfo.js';

type Entry = HostSysinfo['system'][number];
/** How dmidecode calls something, and what it is in the document. */
type Names = Readonly<Record<string, string>>;

const BIOS: Names = {
  Vendor: 'vendor',
  Version: 'version',
  'Release Date': 'date',
  'BIOS Revision': 'release',
};
const SYSTEM: Names = {
  Manufacturer: 'manufacturer',
  'Product Name': 'product',
  Version: 'version',
  'Serial Number': 'serial',
  UUID: 'uuid',
  'SKU Number': 'sku',
  Family: 'family',
};
const BASE_BOARD: Names = {
  Manufacturer: 'manufacturer',
  'Product Name': 'product',
  Version: 'version',
  'Serial Number': 'serial',
  'Asset Tag': 'asset',
  'Location In Chassis': 'location',
};
const CHASSIS: Names = {
  Manufacturer: 'manufacturer',
  Version: 'version',
  'Serial Number': 'serial',
  'Asset Tag': 'asset',
  'SKU Number': 'sku',
};
const PROCESSOR: Names = {
  'Socket Designation': 'socket_destination',
  Type: 'type',
  Family: 'family',
  Manufacturer: 'manufacturer',
  Signature: 'signature',
  Version: 'version',
  'External Clock': 'external_clock',
  'Max Speed': 'max_speed',
  Status: 'status',
  'Serial Number': 'serial_number',
  'Part Number': 'part_number',
};
const MEMORY_DEVICE: Names = {
  Size: 'size',
  'Form Factor': 'form_factor',
  Locator: 'locator',
  'Bank Locator': 'bank_locator',
  Type: 'type',
  'Type Detail': 'type_detail',
  Speed: 'speed',
  Manufacturer: 'manufacturer',
  'Serial Number': 'serial_number',
  'Part Number': 'part_number',
};

/** A table of the firmware: its title and its lines, each a name and a value. */
interface Table {
  readonly title: string;
  readonly values: ReadonlyMap<string, string>;
}

/** What `dmidecode -q` prints of the types 0, 1, 2, 3, 4, 11 and 17. */
export function parseDmi(output: string): HostSysinfo {
  const tables = output
    .split(/\n{2,}/)
    .map(tableOf)
    .filter((it) => it !== undefined);
  const titled = (title: string) => tables.filter((it) => it.title === title);
  const one = (title: string, names: Names) => entriesOf(titled(title)[0], names);
  const all = (title: string, names: Names) =>
    titled(title).map((it) => ({ entries: [...entriesOf(it, names)] }));
  const isFitted = (it: { readonly entries: readonly Entry[] }) =>
    !it.entries.some(({ name, value }) => name === 'size' && value === 'No Module Installed');
  return {
    type: 'smbios',
    bios: [...one('BIOS Information', BIOS)],
    system: [...one('System Information', SYSTEM)],
    baseBoards: all('Base Board Information', BASE_BOARD),
    chassis: [...one('Chassis Information', CHASSIS)],
    processors: all('Processor Information', PROCESSOR),
    memoryDevices: all('Memory Device', MEMORY_DEVICE).filter(isFitted),
    oemStrings: titled('OEM Strings').flatMap((it) => [...it.values.values()].map((value) => ({ value }))),
  };
}

function tableOf(block: string): Table | undefined {
  const [title = '', ...lines] = block.split('\n').filter((line) => line.trim() !== '');
  if (title === '' || /^\s/.test(title)) return undefined;
  const values = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = /^\s+([^:]+): ?(.*)$/.exec(line) ?? [];
    if (name !== undefined && !values.has(name)) values.set(name, (value ?? '').trim());
  }
  return { title: title.trim(), values };
}

function entriesOf(table: Table | undefined, names: Names): readonly Entry[] {
  return Object.entries(names).flatMap(([title, name]) => {
    const value = table?.values.get(title);
    return value === undefined || value === '' ? [] : [{ name, value }];
  });
}

const TOOL_MS = 5000;
const TYPES = '0,1,2,3,4,11,17';

/** The host's firmware tables, read once; a host without them is asked again. */
export class HostFirmware {
  readonly #runTool: Processes['runTool'];
  readonly #log: Logger;
  #sysinfo: Promise<HostSysinfo> | undefined;

  constructor(runTool: Processes['runTool'], log: Logger) {
    this.#runTool = runTool;
    this.#log = log;
  }

  /** @throws VirError CONFIG_UNSUPPORTED where there are none, or nobody to read them */
  sysinfo(): Promise<HostSysinfo> {
    this.#sysinfo ??= this.#read().catch((error: unknown) => {
      this.#sysinfo = undefined;
      throw error;
    });
    return this.#sysinfo;
  }

  async #read(): Promise<HostSysinfo> {
    const output = await this.#ask(['-q', '-t', TYPES]);
    const sysinfo = parseDmi(output);
    const oemStrings = await Promise.all(
      sysinfo.oemStrings.map(async ({ value }, index) => ({
        value: await this.#whole(value ?? '', index + 1),
      })),
    );
    return { ...sysinfo, oemStrings };
  }

  /** dmidecode prints a dot for what it cannot print; the string itself can be asked for. */
  async #whole(text: string, number: number): Promise<string> {
    if (!text.includes('.')) return text;
    return (await this.#ask(['--dump', '--oem-string', String(number)])).replace(/\n$/, '');
  }

  async #ask(args: readonly string[]): Promise<string> {
    try {
      const { status, stdout } = await this.#runTool(['dmidecode', ...args], { timeoutMs: TOOL_MS });
      const output = new TextDecoder().decode(stdout);
      if (status.type === 'exited' && status.code === 0 && output.trim() !== '') return output;
      this.#log.debug('dmidecode found no tables', { status });
    } catch (error) {
      this.#log.debug('dmidecode cannot be run', { error });
    }
    throw VirError.of('CONFIG_UNSUPPORTED', 'Host SMBIOS information is not available');
  }
}
