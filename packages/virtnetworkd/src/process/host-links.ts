import { VirError } from '@modvirt/core/errors';
import type { NetworkDriverParts } from '../driver.js';
import type { Setting } from '../plan/bridge-plan.js';
import { runTool } from './tool.js';

type Parts = Pick<NetworkDriverParts, 'kernel' | 'processes'>;

/** Carries out lines of `ip -batch`; the first that fails is the last. */
export async function changeLinks(
  parts: Parts,
  lines: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const stdin = `${lines.join('\n')}\n`;
  await runTool(parts.processes, ['ip', '-batch', '-'], {
    stdin,
    ...(signal === undefined ? {} : { signal }),
  });
}

// Below /proc the kernel shows the caller's network namespace; /sys shows that of whoever mounted it.
export const LINKS = '/proc/sys/net/ipv4/conf';

export function linkExists({ kernel }: Parts, name: string): Promise<boolean> {
  return kernel.exists(`${LINKS}/${name}`);
}

/** @throws VirError SYSTEM_ERROR when the kernel refuses a setting that it has */
export async function applySettings({ kernel }: Parts, settings: readonly Setting[]): Promise<void> {
  for (const { path, value } of settings) {
    const current = await kernel.text(path);
    // A kernel without IPv6 has none of its settings, and needs none.
    if (current === undefined || current === value) continue;
    try {
      await kernel.write(path, value);
    } catch (error) {
      throw VirError.of('INTERNAL_ERROR', `cannot write to '${path}'`, { domain: 'NETWORK', cause: error });
    }
  }
}
