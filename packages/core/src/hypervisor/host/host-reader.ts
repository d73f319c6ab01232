import type { KernelFiles } from '../../ports/kernel-files.js';

/** Where facts about the host come from, and those that are fixed while the daemon runs. */
export interface HostReader {
  readonly kernel: KernelFiles;
  /** As libvirt names it: `x86_64`, `aarch64`. */
  readonly arch: string;
  readonly pageSizeKiB: number;
  /** Clock ticks of the kernel's accounting in a second. */
  readonly ticksPerSecond: number;
}

export const CPU_DIRECTORY = '/sys/devices/system/cpu';
export const NODE_DIRECTORY = '/sys/devices/system/node';

/** A number in a file of its own; undefined where there is none. */
export async function numberIn(kernel: KernelFiles, path: string): Promise<number | undefined> {
  const text = await kernel.text(path);
  const value = text === undefined || text === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}
