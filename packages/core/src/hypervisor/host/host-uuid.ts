import type { KernelFiles } from '../../ports/kernel-files.js';
import { parseUuid, type Uuid } from '../../wire/uuid.js';

export interface HostUuidChoice {
  /** What the configuration says it is. */
  readonly configured: string | undefined;
  readonly source: 'smbios' | 'machine-id';
}

/** The host's own UUID; undefined when neither its firmware nor its system has one worth the name. */
export async function readHostUuid(kernel: KernelFiles, choice: HostUuidChoice): Promise<Uuid | undefined> {
  const configured = choice.configured === undefined ? undefined : parseUuid(choice.configured);
  if (configured !== undefined) return configured;
  const paths = ['/sys/devices/virtual/dmi/id/product_uuid', '/sys/class/dmi/id/product_uuid'];
  const places = choice.source === 'machine-id' ? ['/etc/machine-id'] : [...paths, '/etc/machine-id'];
  for (const place of places) {
    const uuid = parseUuid((await kernel.text(place)) ?? '');
    if (uuid !== undefined && !isFiller(uuid)) return uuid;
  }
  return undefined;
}

/** Some firmware fills it with one digit. */
function isFiller(uuid: Uuid): boolean {
  return new Set(uuid.replaceAll('-', '')).size === 1;
}
