import { VirError } from '../errors/vir-error.js';
import { attr, leaf } from '../xml/attribute.js';
import { type FormatContext, formatLive, parseLive } from '../xml/context.js';
import { child, children, element, expectRoot, type Infer, within } from '../xml/element.js';
import { optional, when, withDefault } from '../xml/field.js';
import { readXml } from '../xml/reader.js';
import { oneOf, string, uint, yesNo } from '../xml/scalars.js';
import { variants } from '../xml/variants.js';
import { encryption } from './domain/encryption.js';
import { deviceSeclabel } from './domain/seclabel.js';
import { storageFormat } from './domain/storage-source.js';

const store = {
  file: optional(attr(string)),
  dev: optional(attr(string)),
  index: when((cx) => cx.status, optional(attr(uint()))),
  encryption: optional(child(encryption)),
  seclabels: children(deviceSeclabel),
};

const disk = element('disk', {
  name: attr(string, { missing: () => VirError.of('XML_ERROR', 'missing name from disk backup element') }),
  backup: withDefault(attr(yesNo), true),
  state: when(
    (cx) => cx.status,
    optional(attr(oneOf('running', 'complete', 'failed', 'cancelling', 'cancelled'), { absent: 'none' })),
  ),
  type: optional(attr(oneOf('file', 'block'))),
  backupmode: optional(attr(oneOf('full', 'incremental'))),
  incremental: optional(attr(string)),
  exportname: optional(attr(string)),
  exportbitmap: optional(attr(string)),
  driver: optional(child(element('driver', { type: optional(attr(storageFormat)) }))),
  target: optional(child(element('target', store))),
  scratch: optional(child(element('scratch', store))),
});
export type BackupDisk = Infer<typeof disk>;

const tls = { tls: optional(attr(yesNo)) };

const server = element(
  'server',
  variants(
    'transport',
    {
      tcp: { ...tls, name: optional(attr(string)), port: optional(attr(uint())) },
      unix: { ...tls, socket: optional(attr(string)) },
      fd: { ...tls, fdgroup: optional(attr(string)) },
    },
    { fallback: 'tcp' },
  ),
);

const named = { alias: attr(string) };
const objects = element('objects', {
  secrets: children(element('secret', { type: attr(string), ...named })),
  TLSx509: optional(child(element('TLSx509', named))),
});

const root = element('domainbackup', {
  mode: withDefault(attr(oneOf('push', 'pull')), 'push'),
  incremental: optional(leaf(string)),
  server: optional(child(server)),
  disks: within('disks', children(disk)),
  privateData: when((cx) => cx.status, optional(within('privateData', child(objects)))),
});

/** A backup job: which disks, since when, and where they go or can be fetched. */
export type DomainBackup = Infer<typeof root>;

/** @throws VirError XML_DETAIL, XML_ERROR */
export function parseBackup(source: string): DomainBackup {
  const node = readXml(source, { source: 'domain_backup', domain: 'DOMAIN' });
  const read = root.parse(expectRoot(node, 'domainbackup'), parseLive);
  return { ...read, disks: read.disks.map((it) => filledIn(it, read.incremental)) };
}

/** Full, or incremental since what the disk or the whole job says. */
function filledIn(given: BackupDisk, incremental: string | undefined): BackupDisk {
  if (!given.backup) return { name: given.name, backup: false };
  const since = given.incremental ?? incremental;
  const mode = given.backupmode ?? (since === undefined ? 'full' : 'incremental');
  if (mode === 'full') {
    const { incremental: _, ...rest } = given;
    return { ...rest, type: given.type ?? 'file', backupmode: mode };
  }
  const base = since === undefined ? {} : { incremental: since };
  return { ...given, type: given.type ?? 'file', backupmode: mode, ...base };
}

export function formatBackup(backup: DomainBackup, context: Partial<FormatContext> = {}): string {
  return root.format(backup, { ...formatLive, ...context });
}

/** A disk of the domain that a backup is made of. `path` is its image, where that is a local file. */
export interface BackedUpDisk {
  readonly name: string;
  readonly path?: string;
}

/**
 * One entry for each disk of the domain. Without any entry all disks are backed up, else those that are not
 * named are not. Files that nobody names stand beside the image, with `suffix` in their name.
 *
 * @throws VirError CONFIG_UNSUPPORTED for a disk that the domain lacks, or one that is named twice
 */
export function alignBackup(
  backup: DomainBackup,
  disks: readonly BackedUpDisk[],
  suffix: string,
): DomainBackup {
  const byName = new Map<string, BackupDisk>();
  for (const it of backup.disks) {
    if (byName.has(it.name)) throw VirError.of('CONFIG_UNSUPPORTED', `disk '${it.name}' specified twice`);
    if (!disks.some((disk) => disk.name === it.name)) {
      throw VirError.of('CONFIG_UNSUPPORTED', `no disk named '${it.name}'`);
    }
    byName.set(it.name, it);
  }
  const others = (name: string): BackupDisk =>
    filledIn({ name, backup: backup.disks.length === 0 }, backup.incremental);
  const listed = [
    ...backup.disks,
    ...disks.filter((it) => !byName.has(it.name)).map((it) => others(it.name)),
  ];
  const pathOf = (name: string) => disks.find((it) => it.name === name)?.path;
  return { ...backup, disks: listed.map((it) => withStore(it, backup.mode, pathOf(it.name), suffix)) };
}

function withStore(
  disk: BackupDisk,
  mode: DomainBackup['mode'],
  path: string | undefined,
  suffix: string,
): BackupDisk {
  const key = mode === 'push' ? 'target' : 'scratch';
  if (!disk.backup || disk[key] !== undefined || disk.type === 'block') return disk;
  if (path === undefined) {
    throw VirError.of('CONFIG_UNSUPPORTED', `refusing to generate file name for disk '${disk.name}'`);
  }
  return { ...disk, [key]: { file: `${path}.${suffix}`, seclabels: [] } };
}
