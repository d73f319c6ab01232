import { readFileSync } from 'node:fs';

/** Whether the process runs; one that has ended and that nobody has asked how does not. */
export function isAlive(pid: number): boolean {
  const stat = readProc(`/proc/${pid}/stat`);
  return stat !== '' && !/\) [ZX] /.test(stat);
}

/** Resident memory; null for a process that is gone. */
export function rssKiB(pid: number): number | null {
  const match = /^VmRSS:\s+(\d+) kB/m.exec(readProc(`/proc/${pid}/status`));
  return match === null ? null : Number(match[1]);
}

/** A file of a process that may be gone: then it is empty. */
export function readProc(path: string): string {
  return readOrEmpty(path);
}

/** The end of a log; nothing where there is none. */
export function lastLines(path: string, count = 15): string {
  return readOrEmpty(path).trimEnd().split('\n').slice(-count).join('\n');
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'ENOTDIR') return '';
    throw error;
  }
}
