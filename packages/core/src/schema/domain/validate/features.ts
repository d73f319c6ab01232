import { VirError } from '../../../errors/vir-error.js';
import { missingAttribute } from '../../../xml/errors.js';
import type { Domain } from '../post-parse/filled-domain.js';

const MIN_SPINS = 4095;
const MAX_VENDOR = 12;
const RING = { min: 1024, max: 65_536 };

/** @throws VirError for values of features that nothing takes */
export function validateFeatures({ features }: Domain): void {
  const { spinlocks, vendor_id: vendor } = features?.hyperv ?? {};
  if (spinlocks?.state === true && (spinlocks.retries ?? MIN_SPINS) < MIN_SPINS) {
    throw VirError.of('XML_ERROR', `HyperV spinlock retry count must be at least ${MIN_SPINS}`);
  }
  if (vendor?.state === true && vendor.value !== undefined) checkVendor(vendor.value);
  const ring = features?.kvm?.['dirty-ring'];
  if (ring?.state === true) checkRing(ring.size);
}

function checkVendor(value: string): void {
  if (value.length > MAX_VENDOR) {
    throw VirError.of('XML_ERROR', `HyperV vendor_id value must not be more than ${MAX_VENDOR} characters.`);
  }
  if (value.includes(',')) throw VirError.of('XML_ERROR', 'HyperV vendor_id value is invalid');
}

function checkRing(size: number | undefined): void {
  if (size === undefined) throw missingAttribute('dirty-ring', 'size');
  if (size >= RING.min && size <= RING.max && (size & (size - 1)) === 0) return;
  throw VirError.of('XML_ERROR', `dirty ring must be power of 2 and ranges [${RING.min}, ${RING.max}]`);
}
