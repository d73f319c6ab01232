import { runCommand } from '../files/tools.js';
import type { PoolVolume } from '../pools/storage-pool.js';
import { type BlockPorts, blockVolume, deviceMethods } from './block-volumes.js';
import type { PoolBackend } from './pool-backend.js';
import { serialOf, sizesOf } from './scsi-units.js';

const DM_MS = 30_000;
const SECTOR_BYTES = 512n;

/** Pools of type `mpath`: all devices that are reached by several ways. */
export function mpathBackend(ports: BlockPorts): PoolBackend {
  const { files, tools } = ports;
  return {
    ...deviceMethods(ports),
    isActive: async () => (await files.facts('/dev/mpath')) !== undefined,
    async refresh(_pool, _known, signal) {
      // A kernel without the device mapper has none.
      if ((await files.facts('/sys/class/misc/device-mapper')) === undefined)
        return { ...sizesOf(new Map()), volumes: new Map() };
      const command = ['dmsetup', 'table', '--target', 'multipath'] as const;
      const text = await runCommand(tools, command, { timeoutMs: DM_MS, signal });
      const volumes = new Map<string, PoolVolume>();
      for (const { name, capacity } of parseMaps(text)) {
        const path = `/dev/mapper/${name}`;
        const key = await serialOf(ports, path, signal);
        volumes.set(name, await blockVolume(files, { name, path, key, capacity }));
      }
      return { ...sizesOf(volumes), volumes };
    },
  };
}

/** Lines of `NAME: 0 SECTORS multipath …`. */
export function parseMaps(text: string): readonly { readonly name: string; readonly capacity: bigint }[] {
  return text.split('\n').flatMap((line) => {
    const [, name, sectors] = /^(\S+): 0 (\d+) multipath/.exec(line) ?? [];
    return name === undefined || sectors === undefined
      ? []
      : [{ name, capacity: BigInt(sectors) * SECTOR_BYTES }];
  });
}
