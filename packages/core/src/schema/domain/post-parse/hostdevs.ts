import type { Address } from '../address.js';
import type { Devices } from '../devices.js';
import type { Hostdev } from '../hostdev.js';

type Place = Omit<Extract<Address, { type: 'drive' }>, 'type'>;

/** Units of a narrow bus but its controller's own. */
const UNITS = 7;

function keyOf({ controller, bus, target, unit }: Place): string {
  return `${controller} ${bus} ${target} ${unit}`;
}

/** The first place on a SCSI bus, from the first controller on, that `taken` does not name. */
function freePlace(taken: ReadonlySet<string>): Place {
  for (let at = 0; ; at++) {
    const place = { controller: Math.floor(at / UNITS), bus: 0, target: 0, unit: at % UNITS };
    if (!taken.has(keyOf(place))) return place;
  }
}

/** Gives SCSI devices of the host that have no place among the guest's disks one of those that are free. */
export function placeHostdevs({ disks, hostdevs }: Devices): readonly Hostdev[] {
  const placed = [...disks.filter((it) => it.target.bus === 'scsi'), ...hostdevs];
  const taken = new Set(placed.flatMap((it) => (it.address?.type === 'drive' ? [keyOf(it.address)] : [])));
  return hostdevs.map((it) => {
    if (it.mode !== 'subsystem' || it.type !== 'scsi' || it.address !== undefined) return it;
    const place = freePlace(taken);
    taken.add(keyOf(place));
    return { ...it, address: { type: 'drive', ...place } };
  });
}
