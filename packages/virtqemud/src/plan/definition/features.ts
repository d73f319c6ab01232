import type { Domain } from '@modvirt/core/schema';
import type { Features } from './types.js';

const NONE: Features = {};

/** The machine's features; none are as good as an empty list. */
export function featuresOf(domain: Domain): Features {
  return domain.features ?? NONE;
}
