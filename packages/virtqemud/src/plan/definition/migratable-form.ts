import type { Domain } from '@modvirt/core/schema';
import { isI440fx } from './machine.js';

type Controller = Domain['devices']['controllers'][number];

/**
 * The definition as a peer that is older understands it: without devices that every machine of its kind has, which old releases
 * did not write down, and with the processor as it was defined.
 */
export function migratableForm(domain: Domain, originalCpu: Domain['cpu']): Domain {
  const { devices } = domain;
  const controllers = devices.controllers.filter(
    (it) => !isDefaultUsb(domain, it) && !isDefaultPci(domain, it),
  );
  const [audio, ...others] = devices.audios;
  const isDefaultAudio = audio?.type === 'none' && audio.id === 1 && others.length === 0;
  const audios = isDefaultAudio ? [] : devices.audios;
  const cpu = originalCpu === undefined ? {} : { cpu: originalCpu };
  // Every machine that has a PS/2 bus has the keyboard.
  const inputs = devices.inputs.filter((it) => it.type !== 'keyboard' || it.bus !== 'ps2');
  return { ...domain, ...cpu, devices: { ...devices, controllers, inputs, audios } };
}

function isDefaultUsb(domain: Domain, it: Controller): boolean {
  if (it.type !== 'usb' || it.index !== 0 || !isI440fx(domain)) return false;
  const all = domain.devices.controllers.filter((other) => other.type === 'usb');
  return all.length === 1 && (it.model === undefined || it.model === 'piix3-uhci') && !hasUserAlias(it);
}

function isDefaultPci(domain: Domain, it: Controller): boolean {
  if (it.type !== 'pci' || it.index !== 0 || it.model !== 'pci-root') return false;
  const all = domain.devices.controllers.filter((other) => other.type === 'pci');
  return all.length === 1 && it.pcihole64 === undefined && !hasUserAlias(it);
}

function hasUserAlias({ alias }: Controller): boolean {
  return alias?.startsWith('ua-') === true;
}
