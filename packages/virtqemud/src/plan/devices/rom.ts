import type { Props } from '../command/json.js';

interface Rom {
  readonly enabled?: boolean | undefined;
  readonly bar?: boolean | undefined;
  readonly file?: string | undefined;
}

/** The option ROM of a PCI device; switched off it is an empty file. */
export function romProps(rom: Rom | undefined): Props {
  if (rom?.enabled === false) return { romfile: '' };
  return { rombar: rom?.bar === undefined ? undefined : rom.bar ? 1 : 0, romfile: rom?.file };
}
