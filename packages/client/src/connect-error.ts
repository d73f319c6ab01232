import { isSystemError } from '@modvirt/core/adapters';
import { VirError } from '@modvirt/core/errors';

// The words of the C library, which clients know; Node's differ.
const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  ECONNREFUSED: 'Connection refused',
  EACCES: 'Permission denied',
  EPERM: 'Operation not permitted',
  ETIMEDOUT: 'Connection timed out',
  ENOTSOCK: 'Socket operation on non-socket',
};
const ETIMEDOUT = 110;

/** What a client of libvirt is told when a daemon cannot be reached; `cause` keeps what happened. */
export function connectError(address: string, cause: unknown): VirError {
  if (cause instanceof VirError) return cause;
  const text = `Failed to connect socket to '${address}'`;
  if (isSystemError(cause)) {
    return VirError.system(Math.abs(cause.errno), WORDS[cause.code] ?? cause.code, text, {
      domain: 'RPC',
      cause,
    });
  }
  const timedOut = cause instanceof Error && cause.name === 'DeadlineError';
  if (timedOut) return VirError.system(ETIMEDOUT, 'Connection timed out', text, { domain: 'RPC', cause });
  const detail = cause instanceof Error ? cause.message : String(cause);
  return VirError.of('RPC', `${text}: ${detail}`, { domain: 'RPC', cause });
}
