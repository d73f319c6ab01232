import type { Files } from '../../ports/files.js';

/** Of a network device, as the host counts. */
export interface DeviceCounters {
  readonly rx: DirectionCounters;
  readonly tx: DirectionCounters;
}

export interface DirectionCounters {
  readonly bytes: bigint;
  readonly packets: bigint;
  readonly errors: bigint;
  readonly drops: bigint;
}

/** Counters of the host's network devices, by name. */
export async function networkDevices(files: Files): Promise<ReadonlyMap<string, DeviceCounters>> {
  return parseNetworkDevices(new TextDecoder().decode(await files.read('/proc/net/dev')));
}

export function parseNetworkDevices(text: string): ReadonlyMap<string, DeviceCounters> {
  const devices = new Map<string, DeviceCounters>();
  for (const line of text.split('\n')) {
    const [, name, rest] = /^\s*([^\s:]+):\s*(.*)$/.exec(line) ?? [];
    if (name === undefined || rest === undefined) continue;
    const numbers = rest.split(/\s+/);
    const direction = (at: number): DirectionCounters => ({
      bytes: BigInt(numbers[at] ?? 0),
      packets: BigInt(numbers[at + 1] ?? 0),
      errors: BigInt(numbers[at + 2] ?? 0),
      drops: BigInt(numbers[at + 3] ?? 0),
    });
    devices.set(name, { rx: direction(0), tx: direction(8) });
  }
  return devices;
}
