import type { Assembly } from '../assembly.js';
import type { Panic } from '../definition/types.js';
import { addressProps } from './address-props.js';

export function addPanic(to: Assembly, panic: Panic): void {
  switch (panic.model) {
    case 'isa':
      to.out.device({
        driver: 'pvpanic',
        ioport: panic.address?.type === 'isa' ? panic.address.iobase : undefined,
      });
      return;
    case 'pvpanic':
      to.out.device({ driver: 'pvpanic-pci', ...addressProps(to, panic) });
      return;
    case 'hyperv':
    case 'pseries':
    case 's390':
    case undefined:
      return;
  }
}
