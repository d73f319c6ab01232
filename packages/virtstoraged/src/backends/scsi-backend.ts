import { VirError } from '@modvirt/core/errors';
import type { Adapter, Pool } from '@modvirt/core/schema';
import type { BlockPorts } from './block-volumes.js';
import { deviceMethods } from './block-volumes.js';
import type { PoolBackend } from './pool-backend.js';
import { readUnits, scanHost, sizesOf } from './scsi-units.js';

const NO_SUCH_FILE = 2;
const HOSTS = '/sys/class/scsi_host';

/** Pools of type `scsi`: a host bus adapter, and the units behind it. */
export function scsiBackend(ports: BlockPorts): PoolBackend {
  const { files } = ports;
  const hostOf = async (pool: Pool): Promise<number> => {
    const host = await findHost(ports, adapterOf(pool));
    if (host !== undefined && (await files.facts(`${HOSTS}/host${host}`)) !== undefined) return host;
    if (host === undefined)
      throw VirError.of('INTERNAL_ERROR', 'Failed to find SCSI host with the adapter', { domain: 'STORAGE' });
    const text = `Could not open '${HOSTS}/host${host}/scan' to trigger host scan`;
    throw VirError.system(NO_SUCH_FILE, 'No such file or directory', text, 'STORAGE');
  };
  return {
    ...deviceMethods(ports),
    async isActive(pool) {
      const host = await findHost(ports, adapterOf(pool));
      return host !== undefined && (await files.facts(`${HOSTS}/host${host}`)) !== undefined;
    },
    async start(pool) {
      await hostOf(pool);
    },
    async refresh(pool, _known, signal) {
      const host = await hostOf(pool);
      await scanHost(ports, host, signal);
      const volumes = await readUnits(ports, pool, host, signal);
      return { ...sizesOf(volumes), volumes };
    },
  };
}

function adapterOf({ source }: Pool): Adapter {
  if (source.adapter !== undefined) return source.adapter;
  throw VirError.of('XML_ERROR', 'missing storage pool source adapter', { domain: 'STORAGE' });
}

/** The number that the kernel gave the adapter. */
async function findHost({ files }: BlockPorts, adapter: Adapter): Promise<number | undefined> {
  if (adapter.type === 'scsi_host' && adapter.name !== undefined) {
    const number = /^(?:scsi_)?(?:fc_)?host(\d+)$/.exec(adapter.name)?.[1];
    if (number !== undefined) return Number(number);
    const detail = `Invalid adapter name '${adapter.name}' for SCSI pool`;
    throw VirError.of('INTERNAL_ERROR', detail, { domain: 'STORAGE' });
  }
  const [directory, facts] = markOf(adapter);
  if ((await files.facts(directory)) === undefined) return undefined;
  for (const name of await files.names(directory)) {
    const number = /^host(\d+)$/.exec(name)?.[1];
    if (number === undefined) continue;
    const said = await Promise.all(
      facts.map(async ([file, wanted]) => {
        const text = new TextDecoder().decode(await files.head(`${directory}/${name}/${file}`, 4096));
        return text.trim().replace(/^0x/, '') === wanted;
      }),
    );
    if (said.every((it) => it)) return Number(number);
  }
  return undefined;
}

/** Files below the directory of hosts that tell which one it is. */
function markOf(
  adapter: Adapter,
): readonly [directory: string, facts: readonly (readonly [string, string])[]] {
  if (adapter.type === 'fc_host') {
    return [
      '/sys/class/fc_host',
      [
        ['node_name', adapter.wwnn.toLowerCase()],
        ['port_name', adapter.wwpn.toLowerCase()],
      ],
    ];
  }
  return [HOSTS, [['unique_id', String(adapter.parentaddr?.unique_id ?? '')]]];
}
