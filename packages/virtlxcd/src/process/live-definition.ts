import type { Domain } from '@modvirt/core/schema';
import { withPartition } from './container-group.js';

/** The definition as a container that runs has it: every device with a name of its own. */
export function liveDefinition(definition: Domain): Domain {
  const { devices } = definition;
  const named = <T extends { readonly alias?: string }>(list: readonly T[], prefix: string): readonly T[] =>
    list.map((it, index) => (it.alias === undefined ? { ...it, alias: `${prefix}${index}` } : it));
  return withPartition({
    ...definition,
    devices: {
      ...devices,
      consoles: named(devices.consoles, 'console'),
    },
  });
}

/** With the terminals of the host at which its consoles are reached. */
export function withConsolePaths(live: Domain, paths: readonly string[]): Domain {
  const consoles = live.devices.consoles.map((it, index) => {
    const path = paths[index];
    if (path === undefined || it.type !== 'pty') return it;
    return { ...it, source: { seclabels: [], ...it.source, path } };
  });
  return { ...live, devices: { ...live.devices, consoles } };
}
