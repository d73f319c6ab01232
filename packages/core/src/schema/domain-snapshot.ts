import { VirError } from '../errors/vir-error.js';
import type { Uuid } from '../wire/uuid.js';
import { attr, flag, leaf } from '../xml/attribute.js';
import { type FormatContext, formatLive, parseLive } from '../xml/context.js';
import { child, children, element, expectRoot, type Infer, verbatim, within } from '../xml/element.js';
import { optional } from '../xml/field.js';
import { fields, merge } from '../xml/group.js';
import { readXml } from '../xml/reader.js';
import { int64, oneOf, string } from '../xml/scalars.js';
import { type NestedDomainOptions, nestedDomain } from './domain/nested-domain.js';
import { metadataCache, storageFormat, storageSource } from './domain/storage-source.js';

const driver = element('driver', {
  type: optional(attr(storageFormat)),
  metadata_cache: optional(child(metadataCache)),
});

const place = oneOf('no', 'internal', 'external', 'manual');

/** `<disk>` of a snapshot: where the state of one disk is kept. */
const snapshotDisk = element(
  'disk',
  merge(
    fields({ name: attr(string), snapshot: optional(attr(place)), driver: optional(child(driver)) }),
    storageSource,
    fields({ snapshotDeleteInProgress: flag() }),
  ),
  {
    // Where nothing is written there is no source to speak of.
    printed(value) {
      if (value.snapshot === 'external') return value;
      const { name, snapshot } = value;
      return snapshot === undefined ? { name } : { name, snapshot };
    },
  },
);
export type SnapshotDisk = Infer<typeof snapshotDisk>;

const memory = element('memory', {
  snapshot: optional(attr(oneOf('no', 'internal', 'external'))),
  file: optional(attr(string)),
});

const state = oneOf(
  'nostate',
  'running',
  'blocked',
  'paused',
  'shutdown',
  'shutoff',
  'crashed',
  'pmsuspended',
  'disk-snapshot',
);

function bodyFor(options: NestedDomainOptions) {
  return element('domainsnapshot', {
    name: optional(leaf(string)),
    description: optional(leaf(string)),
    state: optional(leaf(state)),
    parent: optional(within('parent', leaf(string, { name: 'name' }))),
    creationTime: optional(leaf(int64('seconds'))),
    memory: optional(child(memory)),
    disks: within('disks', children(snapshotDisk)),
    revertDisks: within('revertDisks', children(snapshotDisk)),
    domain: optional(nestedDomain('domain', options)),
    inactiveDomain: optional(nestedDomain('inactiveDomain', options)),
    cookie: optional(verbatim()),
    active: optional(leaf(oneOf('0', '1'))),
  });
}

type SnapshotElement = Infer<ReturnType<typeof bodyFor>>;

/** A snapshot of a domain. `domain` is the definition at that time, or only its UUID. */
export type DomainSnapshot = SnapshotElement;

export interface ParseSnapshotOptions extends NestedDomainOptions {
  /** What was printed before is given back: state and time count. */
  readonly redefine?: boolean;
  /** The running clock, in seconds since 1970; makes the name when there is none. Left out, nothing is filled in. */
  readonly nowSeconds?: bigint;
}

/** @throws VirError XML_DETAIL, XML_ERROR */
export function parseSnapshot(source: string, options: ParseSnapshotOptions): DomainSnapshot {
  const node = readXml(source, { source: 'domain_snapshot', domain: 'DOMAIN_SNAPSHOT' });
  const read = bodyFor(options).parse(expectRoot(node, 'domainsnapshot'), parseLive);
  if (options.redefine === true) return fromRedefinition(read);
  const { state: _state, parent: _parent, domain: _domain, inactiveDomain: _inactive, ...given } = read;
  const { creationTime: _time, ...rest } = given;
  const disks = read.disks.map(withPlace);
  if (options.nowSeconds === undefined) return { ...rest, disks };
  const name = read.name ?? String(options.nowSeconds);
  return { ...rest, name, creationTime: options.nowSeconds, disks };
}

function fromRedefinition(read: DomainSnapshot): DomainSnapshot {
  if (read.name === undefined) {
    throw VirError.of('XML_ERROR', 'a redefined snapshot must have a name');
  }
  if (read.creationTime === undefined) {
    throw VirError.of('XML_ERROR', 'missing creationTime from existing snapshot');
  }
  if (read.state === undefined) {
    throw VirError.of('XML_ERROR', 'missing state from existing snapshot');
  }
  return read;
}

/** A disk with a source is kept outside. */
function withPlace(disk: SnapshotDisk): SnapshotDisk {
  if (disk.snapshot !== undefined || disk.source === undefined) return disk;
  return { ...disk, snapshot: 'external' };
}

/** The document; a snapshot without a definition names its domain by `domainUuid`. */
export function formatSnapshot(
  snapshot: DomainSnapshot,
  domainUuid: Uuid | undefined,
  context: Partial<FormatContext> = {},
): string {
  const domain = snapshot.domain ?? domainUuid;
  const value = domain === undefined ? snapshot : { ...snapshot, domain };
  return bodyFor(NO_PARSING).format(value, { ...formatLive, ...context });
}

const NO_PARSING: NestedDomainOptions = {
  newUuid: () => {
    throw new Error('nothing is read while printing');
  },
};
