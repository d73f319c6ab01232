import { VirError } from './vir-error.js';

/**
 * libvirt's error for a system call that failed, as a port reports it (`errno`, message `ENOSPC: no space left on device, …`).
 * Anything else is passed on as it is.
 *
 * @param text what was being done, with the path
 */
export function systemError(error: unknown, text: string): unknown {
  if (!(error instanceof Error) || !('errno' in error) || typeof error.errno !== 'number') return error;
  return VirError.system(Math.abs(error.errno), operatingSystemText(error.message), text);
}

// "ENOENT: no such file or directory, open '/x'" -> "No such file or directory", as strerror writes it.
function operatingSystemText(message: string): string {
  const words = /^E[A-Z0-9]+: ([^,]+)/.exec(message)?.[1] ?? message;
  return words.charAt(0).toUpperCase() + words.slice(1);
}
