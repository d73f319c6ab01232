import type { NewVolume, Pool, PoolSource, VolumeSource } from '@modvirt/core/schema';
import type { Command } from './volume-commands.js';

const JSON_REPORT = ['--reportformat', 'json', '--units', 'b', '--nosuffix'] as const;
const FIELDS =
  'lv_name,origin,lv_uuid,devices,segtype,stripes,seg_size,vg_extent_size,lv_size,lv_attr' as const;

export const groupOf = ({ source, name }: Pool): string => source.name ?? name;

export const listVolumesCommand = (pool: Pool): Command => [
  'lvs',
  ...JSON_REPORT,
  '--options',
  FIELDS,
  groupOf(pool),
];

export const groupSizeCommand = (pool: Pool): Command => [
  'vgs',
  ...JSON_REPORT,
  '--options',
  'vg_size,vg_free',
  groupOf(pool),
];

export const listDevicesCommand: Command = ['pvs', '--reportformat', 'json', '--options', 'pv_name,vg_name'];

export function createLogicalCommand(pool: Pool, volume: NewVolume): Command {
  const { name, capacity, allocation, backingStore } = volume;
  const kib = (bytes: bigint): string => `${(bytes + 1023n) / 1024n}K`;
  const isThin = capacity !== allocation;
  const size = isThin
    ? [kib(allocation === 0n ? 1n : allocation), '--type', 'snapshot', '--virtualsize', kib(capacity)]
    : [kib(capacity)];
  const from = backingStore?.path === undefined ? [groupOf(pool)] : ['-s', backingStore.path];
  return ['lvcreate', '--name', name, '-L', ...size, ...from];
}

interface LvsRow {
  readonly lv_name: string;
  readonly origin: string;
  readonly lv_uuid: string;
  readonly devices: string;
  readonly segtype: string;
  readonly stripes: string;
  readonly seg_size: string;
  readonly vg_extent_size: string;
  readonly lv_size: string;
  readonly lv_attr: string;
}

export interface LogicalVolume {
  readonly name: string;
  readonly uuid: string;
  readonly size: bigint;
  readonly origin?: string;
  readonly source: VolumeSource;
}

interface Report<Row> {
  readonly report: readonly Readonly<Record<string, readonly Row[]>>[];
}

function rowsOf<Row>(text: string, name: string): readonly Row[] {
  const { report } = JSON.parse(text) as Report<Row>;
  return report.flatMap((it) => it[name] ?? []);
}

/** Volumes in the tool's answer, which has a row for each segment. Pools of thin volumes and what is off are left out. */
export function parseVolumes(text: string): readonly LogicalVolume[] {
  const found = new Map<string, LogicalVolume>();
  for (const row of rowsOf<LvsRow>(text, 'lv')) {
    if (row.lv_attr.startsWith('t') || row.lv_attr[4] !== 'a') continue;
    const known = found.get(row.lv_name);
    const devices = [...(known?.source.devices ?? []), ...segmentsOf(row)];
    // LVM prints an internal origin in brackets.
    const origin = row.origin.replace(/^\[(.*)\]$/, '$1');
    found.set(row.lv_name, {
      name: row.lv_name,
      uuid: row.lv_uuid,
      size: BigInt(row.lv_size),
      ...(origin === '' ? {} : { origin }),
      source: { devices: merged(devices) },
    });
  }
  return [...found.values()];
}

type SourceDevice = VolumeSource['devices'][number];

/** `/dev/sda(0),/dev/sdb(128)`: where the stripes of a segment begin, in extents of the group. */
function segmentsOf(row: LvsRow): readonly SourceDevice[] {
  if (row.devices === '' || row.segtype === 'mirror') return [];
  const extent = BigInt(row.vg_extent_size);
  const stripes = BigInt(row.segtype === 'striped' ? row.stripes : '1');
  const length = BigInt(row.seg_size) / (stripes === 0n ? 1n : stripes);
  return row.devices.split(',').flatMap((device) => {
    const [, path, start] = /^(.*)\((\d+)\)$/.exec(device) ?? [];
    if (path === undefined || start === undefined) return [];
    const begin = BigInt(start) * extent;
    return [{ path, extents: [{ start: begin, end: begin + length }] }];
  });
}

function merged(devices: readonly SourceDevice[]): readonly SourceDevice[] {
  const found = new Map<string, SourceDevice>();
  for (const { path, extents } of devices) {
    found.set(path, { path, extents: [...(found.get(path)?.extents ?? []), ...extents] });
  }
  return [...found.values()];
}

export function parseGroupSize(text: string): { readonly size: bigint; readonly free: bigint } | undefined {
  const [row] = rowsOf<{ readonly vg_size: string; readonly vg_free: string }>(text, 'vg');
  return row === undefined ? undefined : { size: BigInt(row.vg_size), free: BigInt(row.vg_free) };
}

/** Groups and their devices, as sources of pools. */
export function parseSources(text: string): readonly PoolSource[] {
  const groups = new Map<string, string[]>();
  for (const row of rowsOf<{ readonly pv_name: string; readonly vg_name: string }>(text, 'pv')) {
    if (row.vg_name === '') continue;
    groups.set(row.vg_name, [...(groups.get(row.vg_name) ?? []), row.pv_name]);
  }
  return [...groups].map(([name, paths]) => ({
    hosts: [],
    devices: paths.map((path) => ({ path, freeExtents: [] })),
    name,
    format: 'lvm2',
  }));
}
