import type { Session } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { parseConnectionUri } from '@modvirt/core/uri';

/** @throws VirError for a URI that is not ours: one of another user's daemon, or a path that means nothing */
export function openSession(session: Session, isSessionDaemon: boolean): void {
  const { path } = parseConnectionUri(session.uri);
  const expected = isSessionDaemon ? '/session' : '/system';
  // The system's daemon knows one set of guests only, whichever way it is called.
  if (path === expected || (!isSessionDaemon && path === '/session')) return;
  if (path === '') {
    throw VirError.of('INTERNAL_ERROR', `no qemu URI path given, try qemu://${expected}`);
  }
  throw VirError.of('INTERNAL_ERROR', `unexpected qemu URI path '${path}', try qemu://${expected}`);
}
