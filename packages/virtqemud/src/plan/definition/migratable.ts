import type { Domain } from '@modvirt/core/schema';
import { isI440fx } from './machine.js';

type Controller = Domain['devices']['controllers'][number];

/** What QEMU has by itself, and releases of libvirt did not always write, is left out for the destination of a migration. */
export function withoutNewerDefaults(domain: Domain): Domain {
  const { devices } = domain;
  const plain = [plainUsb(domain), plainPciRoot(devices.controllers)];
  const [audio, ...otherAudios] = devices.audios;
  const isSilent = audio?.type === 'none' && audio.id === 1 && otherAudios.length === 0;
  return {
    ...domain,
    devices: {
      ...devices,
      controllers: devices.controllers.filter((it) => !plain.includes(it)),
      inputs: devices.inputs.filter((it) => it.type !== 'keyboard' || it.bus !== 'ps2'),
      audios: isSilent ? [] : devices.audios,
    },
  };
}

/** The USB controller that the old PC is born with. */
function plainUsb(domain: Domain): Controller | undefined {
  const [usb, ...others] = domain.devices.controllers.filter((it) => it.type === 'usb');
  if (!isI440fx(domain) || usb === undefined || others.length > 0 || usb.index !== 0) return undefined;
  const isPlain = usb.model === undefined || usb.model === 'piix3-uhci';
  return isPlain && !isNamed(usb) ? usb : undefined;
}

function plainPciRoot(controllers: readonly Controller[]): Controller | undefined {
  const [root, ...others] = controllers.filter((it) => it.type === 'pci');
  if (root === undefined || others.length > 0 || root.index !== 0) return undefined;
  const isPlain = root.model === 'pci-root' && root.pcihole64 === undefined;
  return isPlain && !isNamed(root) ? root : undefined;
}

function isNamed({ alias }: Controller): boolean {
  return alias?.startsWith('ua-') === true;
}
