import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';

/** @throws VirError for what a definition of a container cannot say */
export function validateContainer(domain: Domain): void {
  validateIdmap(domain.idmap);
  if (domain.devices.inputs.length > 0) {
    throw VirError.of(
      'INTERNAL_ERROR',
      'Input devices are not supported by this virtualization driver.',
      FROM_DOMAIN,
    );
  }
}

const FROM_DOMAIN = { domain: 'DOMAIN' } as const;

function validateIdmap(idmap: Domain['idmap']): void {
  if (idmap === undefined) return;
  const { uids, gids } = idmap;
  const refuse = (text: string): never => {
    throw VirError.of('CONFIG_UNSUPPORTED', text, FROM_DOMAIN);
  };
  if (uids.length === 0 && gids.length === 0) return;
  if (uids.length === 0 || gids.length === 0) refuse('uid and gid should be mapped both');
  if (uids[0]?.start !== 0 || gids[0]?.start !== 0) refuse('You must map the root user of container');
}
