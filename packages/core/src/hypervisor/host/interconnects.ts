import type { KernelFiles } from '../../ports/kernel-files.js';
import { NODE_DIRECTORY, numberIn } from './host-reader.js';

/** How fast memory of one cell is for processors of another. */
export interface Interconnect {
  readonly initiator: number;
  readonly target: number;
  /** Of reading and writing alike, or of one. */
  readonly type: 'access' | 'read' | 'write';
  /** Nanoseconds, or KiB a second. */
  readonly value: bigint;
}

export interface Interconnects {
  readonly latencies: readonly Interconnect[];
  readonly bandwidths: readonly Interconnect[];
}

/** What the firmware's tables say (HMAT); nothing on most hosts. */
export async function readInterconnects(
  kernel: KernelFiles,
  nodes: readonly number[],
): Promise<Interconnects> {
  const each = await Promise.all(nodes.map((target) => readTarget(kernel, target)));
  return {
    latencies: each.flatMap((it) => it.latencies),
    bandwidths: each.flatMap((it) => it.bandwidths),
  };
}

const MIB_IN_KIB = 1024n;

async function readTarget(kernel: KernelFiles, target: number): Promise<Interconnects> {
  const directory = `${NODE_DIRECTORY}/node${target}/access0/initiators`;
  const initiators = (await kernel.names(directory))
    .map((name) => /^node(\d+)$/.exec(name)?.[1])
    .filter((id) => id !== undefined)
    .map(Number)
    .sort((one, other) => one - other);
  if (initiators.length === 0) return { latencies: [], bandwidths: [] };
  const both = async (name: string, unit: bigint) => {
    const [read, write] = await Promise.all([
      numberIn(kernel, `${directory}/read_${name}`),
      numberIn(kernel, `${directory}/write_${name}`),
    ]);
    return initiators.flatMap((initiator) => pairOf({ initiator, target }, [read, write], unit));
  };
  return { latencies: await both('latency', 1n), bandwidths: await both('bandwidth', MIB_IN_KIB) };
}

function pairOf(
  between: Pick<Interconnect, 'initiator' | 'target'>,
  [read, write]: readonly [number | undefined, number | undefined],
  unit: bigint,
): readonly Interconnect[] {
  const one = (type: Interconnect['type'], value: number | undefined): readonly Interconnect[] =>
    value === undefined || value === 0 ? [] : [{ ...between, type, value: BigInt(value) * unit }];
  return read === write ? one('access', read) : [...one('read', read), ...one('write', write)];
}
