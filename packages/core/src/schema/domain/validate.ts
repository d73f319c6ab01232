import { VirError } from '../../errors/vir-error.js';
import type { Domain } from './post-parse.js';

/**
 * What one element cannot see and no hypervisor accepts.
 *
 * @throws VirError
 */
export function validateDomain(domain: Domain): void {
  if (domain.name.includes('/')) {
    throw VirError.of('XML_ERROR', `name ${domain.name} cannot contain '/'`);
  }
  if (domain.memory.sizeKiB === 0n) {
    throw VirError.of(
      'XML_ERROR',
      'Memory size must be specified via <memory> or in the <numa> configuration',
    );
  }
}
