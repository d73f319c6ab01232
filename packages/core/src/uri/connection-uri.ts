import { VirError } from '../errors/vir-error.js';

/** A connection URI taken apart: `qemu+ssh://user@host:22/system?socket=/x`. */
export interface ConnectionUri {
  /** The driver: what stands before a `+`. */
  readonly scheme: string;
  readonly transport: string | undefined;
  readonly user: string | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
  /** With its leading slash; empty when there is none. */
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
}

const SYNTAX =
  /^([a-zA-Z][a-zA-Z0-9.-]*)(?:\+([a-zA-Z0-9]+))?:(?:\/\/(?:([^@/?#]*)@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d+))?)?([^?#]*)(?:\?([^#]*))?(?:#.*)?$/;

/** @throws VirError INTERNAL_ERROR in libvirt's words */
export function parseConnectionUri(text: string): ConnectionUri {
  const match = SYNTAX.exec(text);
  if (match === null) throw VirError.of('INTERNAL_ERROR', `Unable to parse URI ${text}`);
  const [, scheme = '', transport, user, host, port, path = '', query] = match;
  return {
    scheme: scheme.toLowerCase(),
    transport,
    user: user === undefined ? undefined : decode(user),
    host: host === undefined || host === '' ? undefined : host.replace(/^\[|\]$/g, ''),
    port: port === undefined ? undefined : Number(port),
    path: decode(path),
    query: parseQuery(query ?? ''),
  };
}

function parseQuery(text: string): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const pair of text.split(/[&;]/)) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    query.set(decode(at < 0 ? pair : pair.slice(0, at)), at < 0 ? '' : decode(pair.slice(at + 1)));
  }
  return query;
}

// Bytes that are no UTF-8 stay as they were written.
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
