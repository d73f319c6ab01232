import type { Session } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { parseConnectionUri } from '@modvirt/core/uri';

/** @throws VirError for a URI that is not ours */
export function openSession(session: Session, isSessionDaemon: boolean): void {
  const { path } = parseConnectionUri(session.uri);
  const expected = isSessionDaemon ? '/session' : '/system';
  if (path === expected) return;
  throw VirError.of('INTERNAL_ERROR', `unexpected network URI path '${path}', try network://${expected}`, {
    domain: 'NETWORK',
  });
}
