import type { HostCapabilities, HostCpu } from '../../schema/capabilities.js';
import type { Uuid } from '../../wire/uuid.js';
import { type CacheBank, sizeInUnits } from './caches.js';
import { type CellFacts, type HostFacts, readHostFacts } from './host-facts.js';
import type { HostReader } from './host-reader.js';
import { readPages } from './pages.js';
import type { ResourceControl } from './resource-control.js';

export type SecurityModel = HostCapabilities['secmodels'][number];

export interface HostDescription {
  readonly cpu: HostCpu;
  readonly facts: HostFacts;
  readonly uuid?: Uuid | undefined;
  readonly securityModels: readonly SecurityModel[];
  /** How guests may move to and from it; undefined where they cannot. */
  readonly migrationTransports?: readonly string[] | undefined;
}

/** The same for containers: they see the processor as it is, so nothing is told of it but what they need to be placed. */
export async function readContainerHost(
  machine: { readonly reader: HostReader; uuid(): Promise<Uuid> },
  securityModels: readonly SecurityModel[],
): Promise<HostCapabilities> {
  const { reader } = machine;
  const [pages, facts, uuid] = await Promise.all([
    readPages(reader, 'all'),
    readHostFacts(reader),
    machine.uuid(),
  ]);
  const sizes = pages.map((it) => ({ unit: 'KiB', size: BigInt(it.sizeKiB) }));
  return hostCapabilities({
    cpu: { arch: reader.arch, features: [], pages: sizes },
    facts,
    uuid,
    securityModels,
  });
}

/** `<host>` of capabilities. */
export function hostCapabilities(host: HostDescription): HostCapabilities {
  const { cpu, facts, uuid, migrationTransports } = host;
  const { caches, control } = facts;
  const nodes = bandwidthNodes(caches, control);
  return {
    ...(uuid === undefined ? {} : { uuid }),
    cpu,
    power_management: {},
    iommu: { support: facts.hasIommu },
    ...(migrationTransports === undefined
      ? {}
      : {
          migration_features: { live: true, uri_transports: migrationTransports.map((name) => ({ name })) },
        }),
    ...(facts.cells.length === 0 ? {} : { topology: topologyElement(facts) }),
    ...(caches.length === 0 ? {} : { cache: cacheElement(caches, control) }),
    ...(nodes.length === 0 ? {} : { memory_bandwidth: bandwidthElement(nodes, control) }),
    secmodels: [...host.securityModels],
  };
}

function topologyElement({ cells, interconnects }: HostFacts): NonNullable<HostCapabilities['topology']> {
  const latencies = interconnects.latencies.map((it) => ({ ...it }));
  const bandwidths = interconnects.bandwidths.map((it) => ({ ...it, unit: 'KiB' }));
  const hasSpeeds = latencies.length + bandwidths.length > 0;
  return {
    cells: { num: cells.length, cells: cells.map(cellElement) },
    ...(hasSpeeds ? { interconnects: { latencies, bandwidths } } : {}),
  };
}

type Cell = NonNullable<HostCapabilities['topology']>['cells']['cells'][number];

function cellElement(cell: CellFacts): Cell {
  return {
    id: cell.id,
    memory: { unit: 'KiB', size: cell.memoryKiB },
    pages: cell.pages.map((it) => ({ unit: 'KiB', size: BigInt(it.sizeKiB), count: it.total })),
    distances: cell.distances.map(({ cell: id, distance }) => ({ id, value: distance })),
    caches: cell.caches.map(({ level, associativity, policy, sizeBytes, lineBytes }) => ({
      level,
      associativity,
      policy,
      size: { value: sizeBytes / 1024n, unit: 'KiB' },
      line: { value: lineBytes, unit: 'B' },
    })),
    cpus: {
      num: cell.cpus.length,
      cpus: cell.cpus.map((cpu) => ({
        id: cpu.id,
        socket_id: cpu.socket,
        die_id: cpu.die,
        cluster_id: cpu.cluster,
        core_id: cpu.core,
        siblings: cpu.siblings,
      })),
    },
  };
}

type CacheElement = NonNullable<HostCapabilities['cache']>;

function cacheElement(
  caches: readonly CacheBank[],
  { caches: controls, monitor }: ResourceControl,
): CacheElement {
  const banks = caches.map((bank) => ({
    id: bank.id,
    level: bank.level,
    type: bank.type,
    ...sizeInUnits(bank.sizeBytes),
    cpus: bank.cpus,
    controls: controls
      .filter((it) => it.level === bank.level)
      .map((it) => {
        const granularity = bank.sizeBytes / BigInt(it.parts);
        const { size, unit } = sizeInUnits(granularity);
        return {
          granularity: size,
          ...(it.leastParts > 1 ? { min: size * BigInt(it.leastParts) } : {}),
          unit,
          type: it.type,
          maxAllocs: it.maxAllocs,
        };
      }),
  }));
  const features = (monitor?.features ?? []).filter((it) => it.startsWith('llc_'));
  if (monitor === undefined || features.length === 0) return { banks };
  return {
    banks,
    monitor: {
      level: 3,
      ...(monitor.reuseThreshold === undefined ? {} : { reuseThreshold: monitor.reuseThreshold }),
      maxMonitors: monitor.maxMonitors,
      features: features.map((name) => ({ name })),
    },
  };
}

type BandwidthElement = NonNullable<HostCapabilities['memory_bandwidth']>;

/** Bandwidth is shared out where the last level of cache is. */
function bandwidthNodes(
  caches: readonly CacheBank[],
  { bandwidth }: ResourceControl,
): BandwidthElement['nodes'] {
  if (bandwidth === undefined) return [];
  const last = Math.max(...caches.map((it) => it.level));
  return caches
    .filter((it) => it.level === last)
    .map((bank) => ({
      id: bank.id,
      cpus: bank.cpus,
      controls: [
        {
          granularity: bandwidth.granularity,
          ...(bandwidth.min === 0 ? {} : { min: bandwidth.min }),
          maxAllocs: bandwidth.maxAllocs,
        },
      ],
    }));
}

function bandwidthElement(nodes: BandwidthElement['nodes'], { monitor }: ResourceControl): BandwidthElement {
  const features = (monitor?.features ?? []).filter((it) => it.startsWith('mbm_'));
  if (monitor === undefined || features.length === 0) return { nodes };
  return {
    nodes,
    monitor: { maxMonitors: monitor.maxMonitors, features: features.map((name) => ({ name })) },
  };
}
