import { readProc } from '../stack/processes.js';

/** Memory that a process shares with nobody, in MB of 1024 KiB. */
export function privateMB(pid: number): number {
  const lines = readProc(`/proc/${pid}/smaps_rollup`).matchAll(
    /^Private_(?:Clean|Dirty|Hugetlb):\s+(\d+) kB$/gm,
  );
  return [...lines].reduce((sum, [, kB]) => sum + Number(kB), 0) / 1024;
}
