import { VirError } from '@modvirt/core/errors';
import type { PlanContext } from '../context.js';
import type { DomainDraft } from '../definition/draft.js';
import { ensureController } from '../definition/insert-controller.js';
import { hasPci, hasPcieRoot, isPcLike, isQ35, isX86 } from '../definition/machine.js';
import { defaultUsbModel } from './controllers.js';

/** Devices that a machine has though nobody asked for them. */
export function addDefaultDevices(domain: DomainDraft, cx: PlanContext): void {
  const hasUsb = domain.devices.controllers.some((it) => it.type === 'usb');
  if (!hasUsb && wantsUsb(domain)) {
    const model = isQ35(domain) ? q35UsbModel(cx) : defaultUsbModel(domain, cx);
    if (model !== undefined || !isQ35(domain)) {
      ensureController(domain, { type: 'usb', index: 0, ...(model === undefined ? {} : { model }) });
    }
  }
  if (isQ35(domain)) ensureController(domain, { type: 'sata', index: 0 });
  addPciRoot(domain);
  domain.devices.memballoon ??= { model: 'virtio' };
  addImplicitInputs(domain);
  if (isQ35(domain) && !domain.devices.watchdogs.some((it) => it.model === 'itco')) {
    domain.devices.watchdogs.push({ model: 'itco', action: domain.devices.watchdogs[0]?.action ?? 'reset' });
  }
}

function wantsUsb(domain: DomainDraft): boolean {
  return isPcLike(domain);
}

function q35UsbModel(cx: PlanContext): 'qemu-xhci' | 'nec-xhci' | undefined {
  if (cx.caps.has('qemu-xhci')) return 'qemu-xhci';
  return cx.caps.has('nec-usb-xhci') ? 'nec-xhci' : undefined;
}

function addPciRoot(domain: DomainDraft): void {
  if (!hasPci(domain)) return;
  const model = hasPcieRoot(domain) ? 'pcie-root' : 'pci-root';
  const first = domain.devices.controllers.find((it) => it.type === 'pci' && (it.index ?? 0) === 0);
  if (first === undefined) {
    ensureController(domain, { type: 'pci', index: 0, model });
    return;
  }
  if (first.model === undefined) {
    first.model = model;
  } else if (first.model !== model) {
    throw VirError.of(
      'XML_ERROR',
      `The PCI controller with index='0' must be model='${model}' for this machine type, ` +
        `but model='${first.model}' was found instead`,
    );
  }
}

/** Every PC has a PS/2 mouse and keyboard, unless their controller is switched off. */
function addImplicitInputs(domain: DomainDraft): void {
  if (!isX86(domain) || domain.features?.ps2 === false) return;
  const { inputs } = domain.devices;
  for (const type of ['mouse', 'keyboard'] as const) {
    if (!inputs.some((it) => it.type === type && it.bus === 'ps2')) inputs.push({ type, bus: 'ps2' });
  }
}
