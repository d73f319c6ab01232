import { VirError } from '../../../errors/vir-error.js';
import type { Domain } from '../post-parse/filled-domain.js';
import { validateCharacterDevices } from './character-devices.js';
import { validateDevices } from './devices.js';
import { validateDisks } from './disks.js';
import { validateFeatures } from './features.js';
import { validateHostdevs } from './hostdevs.js';
import { validateMachine } from './machine.js';
import { validateMemory } from './memory.js';
import { validateProcessors } from './processors.js';
import { validateResctrl } from './resctrl.js';

/**
 * What one element cannot see and no hypervisor accepts.
 *
 * @throws VirError
 */
export function validateDomain(domain: Domain): void {
  validateNames(domain);
  if (domain.memory.sizeKiB === 0n) {
    throw VirError.of(
      'XML_ERROR',
      'Memory size must be specified via <memory> or in the <numa> configuration',
    );
  }
  validateMachine(domain);
  validateProcessors(domain);
  validateFeatures(domain);
  validateMemory(domain);
  validateDisks(domain.devices);
  validateHostdevs(domain.devices);
  validateDevices(domain.devices);
  validateCharacterDevices(domain.devices);
  validateResctrl(domain);
}

function validateNames({ name, title }: Domain): void {
  if (name.includes('/')) throw VirError.of('XML_ERROR', `name ${name} cannot contain '/'`);
  if (name.includes('\n')) throw VirError.of('XML_DETAIL', 'invalid char in name: \n');
  if (title?.includes('\n') === true) {
    throw VirError.of('XML_ERROR', "Domain title can't contain newlines");
  }
}
