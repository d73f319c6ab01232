import type { DomainDraft } from './draft.js';

const NARROW_UNITS = 7;
const WIDE_UNITS = 15;

/** How many disks a SCSI controller takes; unit 7 of a wide one is the controller's own. */
export function scsiMaxUnit(domain: DomainDraft): number {
  const models = domain.devices.controllers.flatMap((it) => (it.type === 'scsi' ? [it.model] : []));
  return models.length > 0 && models.every((it) => it === 'lsisas1068') ? WIDE_UNITS : NARROW_UNITS;
}
