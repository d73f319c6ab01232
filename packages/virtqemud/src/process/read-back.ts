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

/** Character devices as QEMU has them, by alias without `char`. */
export interface CharacterDevices {
  /** Paths of the terminals that QEMU made. */
  readonly terminals: ReadonlyMap<string, string>;
  /** Those that a program of the guest has open. */
  readonly listening: ReadonlySet<string>;
}

export async function readCharacterDevices(
  monitor: Monitor,
  signal?: AbortSignal,
): Promise<CharacterDevices> {
  const chardevs = (await monitor.execute('query-chardev', undefined, signal)) as readonly {
    label: string;
    filename: string;
    'frontend-open': boolean;
  }[];
  const aliasOf = (label: string): string => label.replace(/^char/, '');
  return {
    terminals: new Map(
      chardevs
        .filter((it) => it.filename.startsWith('pty:'))
        .map((it) => [aliasOf(it.label), it.filename.slice('pty:'.length)]),
    ),
    listening: new Set(chardevs.filter((it) => it['frontend-open']).map((it) => aliasOf(it.label))),
  };
}
