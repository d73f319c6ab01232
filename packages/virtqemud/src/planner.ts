import type { Domain } from '@modvirt/core/schema';
import type { NetworkPlug } from './plan/context.js';
import type { LaunchPlan } from './plan/launch-plan.js';
import type { AskedFacts } from './plan/needed-facts.js';
import type { QemuCaps } from './plan/qemu-caps.js';

export interface Launch {
  readonly live: Domain;
  readonly plan: LaunchPlan;
}

/** One start of a domain. */
export interface PlannedStart {
  readonly id: number;
  /** What its interfaces are plugged into, by their positions. */
  readonly plugs: ReadonlyMap<number, NetworkPlug>;
  /** What pools and secrets said about its disks. */
  readonly asked?: AskedFacts | undefined;
  /** Where the guest's memory comes from, as QEMU takes it; undefined: it boots. */
  readonly incoming?: string | undefined;
  /** The host's addresses on networks that displays listen on. */
  readonly addresses: ReadonlyMap<string, string>;
}

/** What deciding knows besides the definition: filled in by the composition root, fixed while one plan is made. */
export interface Planner {
  /** Fills in what QEMU takes for granted and gives every device its place. @throws VirError what cannot be */
  complete(domain: Domain, caps: QemuCaps): Domain;
  /** @throws VirError for what QEMU, or this one, cannot do */
  check(domain: Domain, caps: QemuCaps): void;
  /** The live form of a definition, and everything that this start of it does. */
  launch(domain: Domain, caps: QemuCaps, start: PlannedStart): Launch;
  /** As `launch`, to be looked at only: nothing is taken for the guest, and its interfaces are on no network. */
  pretend(domain: Domain, caps: QemuCaps): Launch;
}
