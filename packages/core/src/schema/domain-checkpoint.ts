import { VirError } from '../errors/vir-error.js';
import { attr, leaf } from '../xml/attribute.js';
import { type FormatContext, formatLive, parseLive } from '../xml/context.js';
import { children, element, expectRoot, type Infer, within } from '../xml/element.js';
import { optional } from '../xml/field.js';
import { readXml } from '../xml/reader.js';
import { int64, oneOf, string, uint64 } from '../xml/scalars.js';
import { type NestedDomainOptions, nestedDomain } from './domain/nested-domain.js';

const disk = element('disk', {
  name: attr(string),
  checkpoint: optional(attr(oneOf('no', 'bitmap'))),
  bitmap: optional(attr(string)),
  size: optional(attr(uint64('bytes'))),
});
export type CheckpointDisk = Infer<typeof disk>;

function bodyFor(options: NestedDomainOptions) {
  return element('domaincheckpoint', {
    name: optional(leaf(string)),
    description: optional(leaf(string)),
    parent: optional(within('parent', leaf(string, { name: 'name' }))),
    creationTime: optional(leaf(int64('seconds'))),
    disks: within('disks', children(disk)),
    domain: optional(nestedDomain('domain', options)),
  });
}

/** A point in time since which changes of disks are tracked. */
export type DomainCheckpoint = Infer<ReturnType<typeof bodyFor>>;

export interface ParseCheckpointOptions extends NestedDomainOptions {
  /** What was printed before is given back. */
  readonly redefine?: boolean;
  /** The running clock, in seconds since 1970; makes the name when there is none. */
  readonly nowSeconds: bigint;
}

/** @throws VirError XML_DETAIL, XML_ERROR */
export function parseCheckpoint(source: string, options: ParseCheckpointOptions): DomainCheckpoint {
  const node = readXml(source, { source: 'domain_checkpoint', domain: 'DOMAIN_CHECKPOINT' });
  const read = bodyFor(options).parse(expectRoot(node, 'domaincheckpoint'), parseLive);
  if (options.redefine === true) return fromRedefinition(read);
  const { parent: _parent, domain: _domain, ...given } = read;
  const name = read.name ?? String(options.nowSeconds);
  checkName(name);
  return {
    ...given,
    name,
    creationTime: options.nowSeconds,
    disks: read.disks.map((it) => ({ ...it, checkpoint: it.checkpoint ?? 'bitmap' })),
  };
}

/** The name is a file's name too. */
function checkName(name: string): void {
  if (name.includes('/')) throw VirError.of('XML_ERROR', `checkpoint name '${name}' can't contain '/'`);
  if (name.startsWith('.')) throw VirError.of('XML_ERROR', `checkpoint name '${name}' can't start with '.'`);
}

function fromRedefinition(read: DomainCheckpoint): DomainCheckpoint {
  if (read.name === undefined) {
    throw VirError.of('XML_ERROR', 'redefined checkpoint must have name');
  }
  checkName(read.name);
  if (read.creationTime === undefined) {
    throw VirError.of('XML_ERROR', 'missing creationTime from existing checkpoint');
  }
  return read;
}

export function formatCheckpoint(checkpoint: DomainCheckpoint, context: Partial<FormatContext> = {}): string {
  return printer.format(checkpoint, { ...formatLive, ...context });
}

const printer = bodyFor({
  newUuid: () => {
    throw new Error('nothing is read while printing');
  },
});
