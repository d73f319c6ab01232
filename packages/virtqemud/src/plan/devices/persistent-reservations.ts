import type { Domain } from '@modvirt/core/schema';
import type { Assembly } from '../assembly.js';
import { shortName } from '../definition/names.js';
import type { Disk, StorageSource } from '../definition/types.js';

/** The helper of this guest that all disks share whose reservations are managed. */
const OWN_HELPER = 'pr-helper0';

function isManaged(disk: Disk): boolean {
  return disk.type === 'block' && disk.source?.reservations?.managed === true;
}

/** Whether the guest needs a helper of its own, which reserves SCSI units in its place. */
export function needsPrHelper({ devices }: Domain): boolean {
  return devices.disks.some(isManaged);
}

/** Introduces the guest's own helper. */
export function addPrHelper(to: Assembly): void {
  if (!needsPrHelper(to.domain)) return;
  const path = `${to.cx.config.libDir}/domain-${shortName(to)}/${OWN_HELPER}.sock`;
  to.out.object({ 'qom-type': 'pr-manager-helper', id: OWN_HELPER, path });
}

/** The helper for an image, introduced if it is the image's alone; answers its name. */
export function prManager(to: Assembly, source: StorageSource, node: string): string | undefined {
  const reservations = source.type === 'block' ? source.source?.reservations : undefined;
  if (reservations === undefined) return undefined;
  if (reservations.managed === true) return OWN_HELPER;
  const id = `pr-helper-${node}`;
  to.out.object({ 'qom-type': 'pr-manager-helper', id, path: reservations.source?.path });
  return id;
}
