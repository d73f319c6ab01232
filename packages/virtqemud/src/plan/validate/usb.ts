import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';
import { controllersOf } from '../definition/controllers.js';
import { unsupported } from './unsupported.js';

/** @throws VirError for parts of a USB 2 controller without the part that leads them */
export function validateUsb(domain: Domain): void {
  const controllers = controllersOf(domain, 'usb');
  if (controllers.some((it) => it.model === 'qusb1' || it.model === 'qusb2')) {
    throw unsupported("USB controller model type 'qusb1' or 'qusb2' is not supported in qemu");
  }
  for (const { index, master } of controllers) {
    if (master === undefined) continue;
    if (controllers.some((it) => it.index === index && it.master === undefined)) continue;
    throw VirError.of('XML_DETAIL', 'No master USB controller specified');
  }
}
