import type { Domain } from '@modvirt/core/schema';
import type { NetworkPlug } from './plan/context.js';
import type { Inserted } from './plan/hotplug/insert-device.js';
import type { LiveInsertion } from './plan/hotplug/insert-live.js';
import type { PluggedDevice } from './plan/hotplug/plugged-device.js';
import type { PlugPlan } from './plan/hotplug/step-recorder.js';
import type { LaunchPlan } from './plan/launch-plan.js';
import type { AskedFacts } from './plan/needed-facts.js';
import type { QemuCaps } from './plan/qemu-caps.js';

export interface Launch {
  readonly live: Domain;
  readonly plan: LaunchPlan;
  /** The last number of a block node. */
  readonly lastNode: number;
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
  /** The running guest `id` with one more device. @throws VirError when it cannot have it */
  insertLive(live: Domain, xml: string, caps: QemuCaps, guest: RunningGuest): LiveInsertion;
  /** The definition with one more device. @throws VirError when it cannot have it */
  insertConfig(domain: Domain, xml: string, caps: QemuCaps): Inserted;
  /** What plugging these devices of the running guest in does, in order. */
  plug(live: Domain, devices: readonly PluggedDevice[], caps: QemuCaps, id: number): PlugPlan;
  /** What putting this disk's medium into its drive does; answers the node that the drive then has. */
  medium(
    live: Domain,
    disk: Disk,
    caps: QemuCaps,
    id: number,
  ): { readonly plan: PlugPlan; readonly node: string };
  /** The disk with names for its nodes. */
  nameDisk(disk: Disk, caps: QemuCaps, last: number): { readonly disk: Disk; readonly last: number };
}

export interface RunningGuest {
  readonly id: number;
  /** The last number of a block node. */
  readonly lastNode: number;
}

type Disk = Domain['devices']['disks'][number];
