import type { Monitor } from '../monitor/monitor.js';

/** The host's threads of a guest's processors, in their order. */
export async function readVcpuThreads(
  monitor: Monitor,
  signal?: AbortSignal,
): Promise<{ readonly id: number; readonly threadId: number }[]> {
  const cpus = (await monitor.execute('query-cpus-fast', undefined, signal)) as readonly {
    'cpu-index': number;
    'thread-id': number;
  }[];
  return cpus
    .map((cpu) => ({ id: cpu['cpu-index'], threadId: cpu['thread-id'] }))
    .sort((one, other) => one.id - other.id);
}

/** Aliases of the devices that QEMU has. */
export async function readDeviceAliases(monitor: Monitor, signal?: AbortSignal): Promise<string[]> {
  const list = (await monitor.execute('qom-list', { path: '/machine/peripheral' }, signal)) as readonly {
    name: string;
    type: string;
  }[];
  return list.filter((entry) => entry.type.startsWith('child<')).map((entry) => entry.name);
}

/** Terminals that QEMU made for character devices: alias without `char` → path. */
export async function readTerminals(monitor: Monitor, signal?: AbortSignal): Promise<Map<string, string>> {
  const chardevs = (await monitor.execute('query-chardev', undefined, signal)) as readonly {
    label: string;
    filename: string;
  }[];
  const terminals = new Map<string, string>();
  for (const { label, filename } of chardevs) {
    if (filename.startsWith('pty:')) terminals.set(label.replace(/^char/, ''), filename.slice('pty:'.length));
  }
  return terminals;
}
