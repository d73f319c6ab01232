import type { Session } from '../driver/call.js';
import type { ErrorDomain } from '../errors/domains.js';
import { VirError } from '../errors/vir-error.js';
import { parseConnectionUri } from '../uri/connection-uri.js';

/** What a driver's URIs look like. */
export interface ServedUri {
  readonly scheme: string;
  /** The one path that means this daemon. */
  readonly path: string;
  readonly errorDomain: ErrorDomain;
}

/** @throws VirError for a URI that is not ours: one of another user's daemon, or a path that means nothing */
export function openSession(session: Session, { scheme, path: expected, errorDomain }: ServedUri): void {
  const { path } = parseConnectionUri(session.uri);
  if (path === expected) return;
  const hint = `try ${scheme}://${expected}`;
  const text =
    path === '' ? `no ${scheme} URI path given, ${hint}` : `unexpected ${scheme} URI path '${path}', ${hint}`;
  throw VirError.of('INTERNAL_ERROR', text, { domain: errorDomain });
}
