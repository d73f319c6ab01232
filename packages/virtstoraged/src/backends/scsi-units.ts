import type { Pool } from '@modvirt/core/schema';
import { runCommand, tryCommand } from '../files/tools.js';
import type { PoolVolume } from '../pools/storage-pool.js';
import { type BlockPorts, blockVolume } from './block-volumes.js';
import { targetOf } from './directory-volumes.js';

const TOOL_MS = 30_000;
const DEVICES = '/sys/bus/scsi/devices';
const SECTOR_BYTES = 512n;

/** Units of a SCSI host as volumes: `unit:BUS:TARGET:UNIT`. */
export async function readUnits(
  ports: BlockPorts,
  pool: Pool,
  host: number,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, PoolVolume>> {
  const { files } = ports;
  const found = new Map<string, PoolVolume>();
  for (const name of await namesIn(ports, DEVICES)) {
    const [, onHost, bus, target, unit] = /^(\d+):(\d+):(\d+):(\d+)$/.exec(name) ?? [];
    if (Number(onHost) !== host) continue;
    const [block] = await namesIn(ports, `${DEVICES}/${name}/block`);
    if (block === undefined) continue;
    const size = (await textOf(ports, `/sys/class/block/${block}/size`))?.trim() ?? '0';
    const device = `/dev/${block}`;
    const facts = {
      name: `unit:${bus}:${target}:${unit}`,
      path: await stablePath(ports, pool, device),
      key: await serialOf(ports, device, signal),
      capacity: BigInt(size) * SECTOR_BYTES,
    };
    found.set(facts.name, await blockVolume(files, facts));
  }
  return found;
}

/** Makes the kernel look for units that were not there. */
export async function scanHost({ tools }: BlockPorts, host: number, signal: AbortSignal): Promise<void> {
  const command = ['tee', `/sys/class/scsi_host/host${host}/scan`] as const;
  await runCommand(tools, command, { timeoutMs: TOOL_MS, signal, stdin: '- - -' });
}

async function namesIn({ files }: BlockPorts, directory: string): Promise<readonly string[]> {
  return (await files.facts(directory)) === undefined ? [] : files.names(directory);
}

async function textOf({ files }: BlockPorts, path: string): Promise<string | undefined> {
  if ((await files.facts(path)) === undefined) return undefined;
  return new TextDecoder().decode(await files.head(path, 4096));
}

/** The name below the pool's target that stays over reboots; the node itself where there is none. */
async function stablePath({ files }: BlockPorts, pool: Pool, device: string): Promise<string> {
  const directory = targetOf(pool);
  if (directory === '/dev' || !directory.startsWith('/dev/')) return device;
  const node = await files.facts(device);
  if (node === undefined || (await files.facts(directory)) === undefined) return device;
  for (const name of await files.names(directory)) {
    const linked = await files.facts(`${directory}/${name}`);
    if (linked !== undefined && linked.type === 'block' && linked.inode === node.inode)
      return `${directory}/${name}`;
  }
  return device;
}

/** What the unit calls itself; its path where it does not say. */
export async function serialOf({ tools }: BlockPorts, device: string, signal: AbortSignal): Promise<string> {
  const program = '/lib/udev/scsi_id';
  const command = [program, '--replace-whitespace', '--whitelisted', '--device', device] as const;
  try {
    const { status, stdout } = await tryCommand(tools, command, { timeoutMs: TOOL_MS, signal });
    const said = new TextDecoder().decode(stdout).trim();
    return status.type === 'exited' && status.code === 0 && said !== '' ? said : device;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isMissing) return device;
    throw error;
  }
}

export function sizesOf(volumes: ReadonlyMap<string, PoolVolume>) {
  let capacity = 0n;
  for (const { volume } of volumes.values()) capacity += volume.capacity;
  return { capacity, allocation: capacity, available: 0n };
}
