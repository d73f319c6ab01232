import { VirError } from '@modvirt/core/errors';
import type { Assembly } from '../assembly.js';
import { aliasOf } from '../definition/controllers.js';
import type { Input } from '../definition/types.js';
import { addressProps } from './address-props.js';
import { virtioDriver, virtioProps } from './virtio.js';

const USB_DRIVERS = { mouse: 'usb-mouse', tablet: 'usb-tablet', keyboard: 'usb-kbd' } as const;
const VIRTIO_DRIVERS = {
  mouse: 'virtio-mouse',
  tablet: 'virtio-tablet',
  keyboard: 'virtio-keyboard',
  passthrough: 'virtio-input-host',
} as const;

/** Adds an input device; PS/2 ones are part of the machine. */
export function addInput(to: Assembly, input: Input): void {
  const id = aliasOf(input);
  if (input.type === 'evdev') {
    const { source } = input;
    to.out.object({
      'qom-type': 'input-linux',
      id,
      evdev: source?.dev,
      repeat: source?.repeat,
      grab_all: source?.grab === 'all' ? true : undefined,
      'grab-toggle': source?.grabToggle,
    });
    return;
  }
  switch (input.bus) {
    case 'usb':
      to.out.device({ driver: usbDriver(input), id, ...addressProps(to, input) });
      return;
    case 'virtio':
      to.out.device({
        ...virtioProps(virtioDriver(VIRTIO_DRIVERS[input.type], input.address, input.model), input.driver),
        id,
        evdev: input.type === 'passthrough' ? input.source?.evdev : undefined,
        ...addressProps(to, input),
      });
      return;
    default:
      return;
  }
}

function usbDriver(input: Input): string {
  if (input.type === 'mouse' || input.type === 'tablet' || input.type === 'keyboard') {
    return USB_DRIVERS[input.type];
  }
  throw VirError.of('CONFIG_UNSUPPORTED', `unsupported input type ${input.type} on the USB bus`);
}
