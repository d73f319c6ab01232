import type { Domain } from '@modvirt/core/schema';
import type { LaunchPlan } from './plan/launch-plan.js';
import type { AskedFacts } from './plan/needed-facts.js';
import type { QemuCaps } from './plan/qemu-caps.js';

/** What deciding knows besides the definition: filled in by the composition root, fixed while one plan is made. */
export interface Planner {
  /** Fills in what QEMU takes for granted and gives every device its place. @throws VirError what cannot be */
  complete(domain: Domain, caps: QemuCaps): Domain;
  /** @throws VirError for what QEMU, or this one, cannot do */
  check(domain: Domain, caps: QemuCaps): void;
  /** The live form of a definition that starts as domain number `id`, and everything its start does. */
  launch(
    domain: Domain,
    caps: QemuCaps,
    id: number,
    asked?: AskedFacts,
  ): { readonly live: Domain; readonly plan: LaunchPlan };
}
