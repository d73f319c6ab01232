import type { Session } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { parseConnectionUri } from '@modvirt/core/uri';

/** @throws VirError for a URI that is not ours: one of another user's daemon, or a path that means nothing */
export function openSession(session: Session, isSessionDaemon: boolean): void {
  const { path } = parseConnectionUri(session.uri);
  const expected = isSessionDaemon ? '/session' : '/system';
  if (path === expected) return;
  if (path === '') {
    throw VirError.of('INTERNAL_ERROR', `no qemu URI path given, try qemu://${expected}`, { domain: 'QEMU' });
  }
  throw VirError.of('INTERNAL_ERROR', `unexpected qemu URI path '${path}', try qemu://${expected}`, {
    domain: 'QEMU',
  });
}
