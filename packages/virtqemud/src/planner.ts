import type { Domain } from '@modvirt/core/schema';
import type { LaunchPlan } from './plan/launch-plan.js';
import type { QemuCaps } from './plan/qemu-caps.js';

export interface Launch {
  readonly live: Domain;
  readonly plan: LaunchPlan;
}

/** What deciding knows besides the definition: filled in by the composition root, fixed while one plan is made. */
export interface Planner {
  /** Fills in what QEMU takes for granted and gives every device its place. @throws VirError what cannot be */
  complete(domain: Domain, caps: QemuCaps): Domain;
  /** @throws VirError for what QEMU, or this one, cannot do */
  check(domain: Domain, caps: QemuCaps): void;
  /**
   * The live form of a definition that starts as domain number `id`, and everything its start does.
   *
   * @param incoming where the guest's memory comes from, as QEMU takes it; undefined: it boots
   */
  launch(domain: Domain, caps: QemuCaps, id: number, incoming?: string): Launch;
  /** As `launch`, to be looked at only: nothing is taken for the guest, and its interfaces are on no network. */
  pretend(domain: Domain, caps: QemuCaps): Launch;
}
