import { VirError } from '../../../errors/vir-error.js';
import type { Domain } from '../post-parse/domain.js';
import { validateCharacterDevices } from './character-devices.js';
import { validateResctrl } from './resctrl.js';

/**
 * What one element cannot see and no hypervisor accepts.
 *
 * @throws VirError
 */
export function validateDomain(domain: Domain): void {
  if (domain.name.includes('/')) {
    throw VirError.of('XML_ERROR', `name ${domain.name} cannot contain '/'`);
  }
  if (domain.title?.includes('\n') === true) {
    throw VirError.of('XML_ERROR', "Domain title can't contain newlines");
  }
  if (domain.memory.sizeKiB === 0n) {
    throw VirError.of(
      'XML_ERROR',
      'Memory size must be specified via <memory> or in the <numa> configuration',
    );
  }
  validateCharacterDevices(domain.devices);
  validateResctrl(domain);
}
