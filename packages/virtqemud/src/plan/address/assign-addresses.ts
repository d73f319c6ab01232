import type { Domain } from '@modvirt/core/schema';
import type { PlanContext } from '../context.js';
import { draftOf, finished } from '../definition/draft.js';
import { assignMemorySlots } from './assign-memory-slots.js';
import { assignPciAddresses } from './assign-pci.js';
import { assignUsbAddresses } from './assign-usb.js';
import { assignVirtioSerialAddresses } from './assign-virtio-serial.js';

/**
 * Gives every device its place on the guest's buses, adding controllers where there are too few.
 * Places that stand in the definition are kept.
 *
 * @param options.isNew the guest has not run with other places: USB devices without a port get one, too
 *
 * @throws VirError for places that do not exist, are taken, or do not fit
 */
export function assignAddresses(
  domain: Domain,
  cx: PlanContext,
  options: { readonly isNew?: boolean } = {},
): Domain {
  const draft = draftOf(domain);
  assignVirtioSerialAddresses(draft);
  assignPciAddresses(draft, cx);
  assignMemorySlots(draft);
  assignUsbAddresses(draft, options.isNew ?? cx.abiUpdate);
  return finished(draft);
}
