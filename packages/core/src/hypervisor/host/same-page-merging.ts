import { type TypedParameter, uintParameter, ullongParameter } from '../../protocol/typed-parameter.js';
import { type HostReader, numberIn } from './host-reader.js';

const DIRECTORY = '/sys/kernel/mm/ksm';

// How the host shares equal pages: parameters in libvirt's order and the kernel's file of each.
const SETTINGS = [
  { field: 'shm_pages_to_scan', file: 'pages_to_scan', type: 'uint' },
  { field: 'shm_sleep_millisecs', file: 'sleep_millisecs', type: 'uint' },
  { field: 'shm_pages_shared', file: 'pages_shared', type: 'ullong' },
  { field: 'shm_pages_sharing', file: 'pages_sharing', type: 'ullong' },
  { field: 'shm_pages_unshared', file: 'pages_unshared', type: 'ullong' },
  { field: 'shm_pages_volatile', file: 'pages_volatile', type: 'ullong' },
  { field: 'shm_full_scans', file: 'full_scans', type: 'ullong' },
  { field: 'shm_merge_across_nodes', file: 'merge_across_nodes', type: 'uint' },
] as const;

export const mergingParameterCount = SETTINGS.length;

/** What may be set, with the type that it has on the wire. */
export const mergingParameterTypes = {
  shm_pages_to_scan: 'uint',
  shm_sleep_millisecs: 'uint',
  shm_merge_across_nodes: 'uint',
} as const;

/** Only those that the kernel knows. */
export async function readMerging({ kernel }: HostReader): Promise<readonly TypedParameter[]> {
  const values = await Promise.all(SETTINGS.map(({ file }) => numberIn(kernel, `${DIRECTORY}/${file}`)));
  return SETTINGS.flatMap(({ field, type }, index) => {
    const value = values[index];
    if (value === undefined) return [];
    return [type === 'uint' ? uintParameter(field, value) : ullongParameter(field, BigInt(value))];
  });
}

/** The file that a parameter is written to. */
export function mergingFile(field: keyof typeof mergingParameterTypes): string {
  const found = SETTINGS.find((it) => it.field === field);
  if (found === undefined) throw new Error(`no file for ${field}`);
  return `${DIRECTORY}/${found.file}`;
}
