import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A new directory that goes when the test ends.
 *
 * @param onFinished vitest's onTestFinished
 */
export function temporaryDirectory(onFinished: (cleanUp: () => void) => void): string {
  const path = mkdtempSync(join(tmpdir(), 'modvirt-test-'));
  onFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** What the descriptors of this process stand for, by number. */
export function openDescriptors(): Map<number, string> {
  const result = new Map<number, string>();
  for (const name of readdirSync('/proc/self/fd')) {
    const file = linkOf(name);
    if (file !== undefined) result.set(Number(name), file);
  }
  return result;
}

/** Undefined for the one with which the directory itself was read. */
function linkOf(name: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${name}`);
  } catch {
    return undefined;
  }
}
