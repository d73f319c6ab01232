import { systemError } from '@modvirt/core/errors';

/** Runs `work`; a system call that fails in it becomes libvirt's error, which says what was being done. */
export async function guarded<T>(text: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw systemError(error, text);
  }
}
