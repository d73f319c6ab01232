import type { ImageSizes } from '@modvirt/core/ports';
import { stringParameter, type TypedParameter, uintParameter, ullongParameter } from '@modvirt/core/protocol';
import type { Disk, Domain } from '@modvirt/core/schema';
import {
  type BlockCounters,
  type BlockDeviceStats,
  type BlockLayer,
  type BlockNode,
  isDevice,
} from '../monitor/block-queries.js';
import { localPathOf } from './disk-sources.js';

/** What is known of a guest's disks. */
export interface BlockFacts {
  readonly devices: readonly BlockDeviceStats[];
  readonly nodes: ReadonlyMap<string, BlockNode>;
  /** Of images that nobody has open, by target. */
  readonly closed: ReadonlyMap<string, ImageSizes>;
}

/** The figures of one disk, or of one image below it. */
interface Row {
  readonly disk: Disk;
  readonly path: string | undefined;
  readonly layer: BlockLayer | undefined;
}

/** `block.…` of a domain. @param withBacking rows for the images below as well */
export function blockGroup(domain: Domain, facts: BlockFacts, withBacking: boolean): TypedParameter[] {
  const rows = domain.devices.disks.flatMap((disk) => rowsOf(disk, facts, withBacking));
  return [
    uintParameter('block.count', rows.length),
    ...rows.flatMap((row, index) => rowParameters(row, `block.${index}`, facts)),
  ];
}

function rowsOf(disk: Disk, facts: BlockFacts, withBacking: boolean): Row[] {
  const device = deviceStats(disk, facts.devices);
  const rows: Row[] = [{ disk, path: localPathOf(disk), layer: device }];
  if (!withBacking) return rows;
  for (let layer = device?.backing; layer !== undefined; layer = layer.backing) {
    const file = nodeOf(layer, facts)?.fileName;
    rows.push({ disk, path: file?.startsWith('/') ? file : undefined, layer });
  }
  return rows;
}

/** What QEMU counts for a disk. */
export function deviceStats(disk: Disk, devices: readonly BlockDeviceStats[]): BlockDeviceStats | undefined {
  const { alias } = disk;
  return alias === undefined ? undefined : devices.find(({ device }) => isDevice(device, alias));
}

function nodeOf(layer: BlockLayer | undefined, facts: BlockFacts): BlockNode | undefined {
  return layer?.nodeName === undefined ? undefined : facts.nodes.get(layer.nodeName);
}

function rowParameters({ disk, path, layer }: Row, prefix: string, facts: BlockFacts): TypedParameter[] {
  const node = nodeOf(layer, facts);
  const closed = layer === undefined ? facts.closed.get(disk.target.dev) : undefined;
  const index = /^libvirt-(\d+)-/.exec(layer?.nodeName ?? '')?.[1];
  return [
    stringParameter(`${prefix}.name`, disk.target.dev),
    ...(path === undefined ? [] : [stringParameter(`${prefix}.path`, path)]),
    ...(index === undefined ? [] : [uintParameter(`${prefix}.backingIndex`, Number(index))]),
    ...(layer === undefined ? [] : counterParameters(layer.counters, prefix)),
    ...(node === undefined || layer === undefined ? [] : nodeParameters(layer.counters, node, prefix)),
    ...(closed === undefined ? [] : closedParameters(closed, prefix)),
  ];
}

function counterParameters(counters: BlockCounters, prefix: string): TypedParameter[] {
  return [
    ullongParameter(`${prefix}.rd.reqs`, counters.readRequests),
    ullongParameter(`${prefix}.rd.bytes`, counters.readBytes),
    ullongParameter(`${prefix}.rd.times`, counters.readTimeNs),
    ullongParameter(`${prefix}.wr.reqs`, counters.writeRequests),
    ullongParameter(`${prefix}.wr.bytes`, counters.writeBytes),
    ullongParameter(`${prefix}.wr.times`, counters.writeTimeNs),
    ullongParameter(`${prefix}.fl.reqs`, counters.flushRequests),
    ullongParameter(`${prefix}.fl.times`, counters.flushTimeNs),
  ];
}

function nodeParameters(counters: BlockCounters, node: BlockNode, prefix: string): TypedParameter[] {
  return [
    ullongParameter(`${prefix}.allocation`, counters.highestOffset),
    ...unlessZero(`${prefix}.capacity`, node.capacityBytes),
    ...unlessZero(`${prefix}.physical`, node.allocatedBytes),
    ...unlessZero(`${prefix}.threshold`, node.writeThreshold),
  ];
}

function closedParameters(sizes: ImageSizes, prefix: string): TypedParameter[] {
  return [
    ...unlessZero(`${prefix}.allocation`, sizes.allocation),
    ...unlessZero(`${prefix}.capacity`, sizes.capacity),
    ...unlessZero(`${prefix}.physical`, sizes.physical),
  ];
}

function unlessZero(name: string, value: bigint): TypedParameter[] {
  return value === 0n ? [] : [ullongParameter(name, value)];
}
