import type { PlanContext } from '../context.js';
import type { Disk } from '../definition/types.js';
import { without } from '../definition/without.js';

/** A disk on a volume of a pool, as the place that the volume is. */
export function resolveVolume(disk: Disk, cx: PlanContext): Disk {
  if (disk.type !== 'volume' || disk.source?.pool === undefined) return disk;
  const { pool, volume = '', mode, encryption } = disk.source;
  const place = cx.volumes.placeOf({ pool, volume, mode });
  if (place.source === undefined) return disk;
  // The pool knows how to log in.
  const rest = without(disk, 'auth');
  const source = encryption === undefined ? place.source : { ...place.source, encryption };
  return { ...rest, type: place.type, source } as Disk;
}
