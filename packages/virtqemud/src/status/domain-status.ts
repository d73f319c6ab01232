import { VirError } from '@modvirt/core/errors';
import { domainAgentResponseTimeout } from '@modvirt/core/protocol/constants';
import { type Domain, domainElement, guestCpu, parseDomainNode } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import {
  attr,
  child,
  childAttr,
  childOf,
  children,
  element,
  expectRoot,
  type FormatContext,
  fields,
  flag,
  formatLive,
  type Infer,
  int,
  leaf,
  merge,
  optional,
  parseLive,
  readXml,
  string,
  text,
  uint,
  uint64,
  verbatim,
  withDefault,
  within,
  yesNo,
} from '@modvirt/core/xml';
import { asyncJob } from './async-job.js';
import { blockjobs } from './block-jobs.js';
import { upgradeDevices } from './upgrade-devices.js';

const path = (name: string) => optional(childAttr(name, 'path', string));
const aliasElement = element('device', { alias: attr(string) });

/** All but the domain, in the order of the file. */
const kept = fields({
  state: attr(string),
  reason: optional(attr(string)),
  pid: attr(int()),
  taints: children(element('taint', { flag: attr(string) })),
  deprecations: children(element('deprecation', { text: text(string) })),
  monitor: child(element('monitor', { path: attr(string), type: attr(string) })),
  dbusDaemon: flag(),
  dbusVMState: flag(),
  namespaces: optional(child(element('namespaces', { mount: flag() }))),
  vcpus: within('vcpus', children(element('vcpu', { id: attr(uint()), pid: attr(int()) }))),
  qemuCaps: within('qemuCaps', children(element('flag', { name: attr(string) })), 'spread'),
  lockstate: optional(leaf(string)),
  job: optional(child(asyncJob)),
  fakereboot: flag(),
  devices: within('devices', children(aliasElement)),
  numad: optional(
    child(element('numad', { nodeset: optional(attr(string)), cpuset: optional(attr(string)) })),
  ),
  libDir: path('libDir'),
  channelTargetDir: path('channelTargetDir'),
  memoryBackingDir: path('memoryBackingDir'),
  cpu: optional(child(guestCpu)),
  chardevStdioLogd: flag(),
  rememberOwner: flag(),
  allowReboot: optional(childAttr('allowReboot', 'value', yesNo)),
  prDaemon: flag(),
  nodename: withDefault(childAttr('nodename', 'index', uint64()), 0n),
  fdset: withDefault(childAttr('fdset', 'index', uint()), 0),
  memPrealloc: optional(childAttr('memPrealloc', 'timeout', uint())),
  blockjobs: withDefault(child(blockjobs), { active: false, jobs: [] }),
  slirp: optional(verbatim()),
  agentTimeout: withDefault(leaf(int()), domainAgentResponseTimeout.block),
  backups: optional(verbatim()),
  originalMemlock: optional(leaf(uint64('bytes'))),
  preMigrationMemlock: optional(leaf(uint64('bytes'))),
});

const keptElement = element('domstatus', kept);
const whole = element('domstatus', merge(kept, fields({ domain: child(domainElement) })));

/** Everything about a guest that must survive its daemon, as libvirt keeps it. */
export type DomainStatus = Infer<typeof keptElement> & { readonly domain: Domain };

export interface ReadDomainStatusOptions {
  readonly newUuid: () => Uuid;
  /** Where memory of guests is kept in files, for those that were started before it was recorded. */
  readonly memoryBackingDirectory: string;
  /** Fills in what later releases have; not for what newer ones wrote. */
  readonly postParse?: (domain: Domain, capabilityFlags: ReadonlySet<string>) => Domain;
}

/** @throws VirError XML_DETAIL, XML_ERROR, INTERNAL_ERROR */
export function parseDomainStatus(source: string, options: ReadDomainStatusOptions): DomainStatus {
  const root = expectRoot(readXml(source, { source: 'domain status', domain: 'DOMAIN' }), 'domstatus');
  const read = keptElement.parse(root, { ...parseLive, status: true });
  const node = childOf(root, 'domain');
  if (node === undefined) throw VirError.of('INTERNAL_ERROR', 'no domain config');
  const { newUuid, postParse } = options;
  const flags = new Set(read.qemuCaps.map((it) => it.name));
  const domain = parseDomainNode(node, {
    status: true,
    newUuid,
    postParse: (it) => upgradeDevices(postParse?.(it, flags) ?? it),
  });
  const directory = `${options.memoryBackingDirectory}/${domain.id ?? -1}-${domain.name}`;
  return { memoryBackingDir: directory, ...read, domain };
}

/** The text of the file, without the warning at its top. */
export function formatDomainStatus(status: DomainStatus): string {
  const jobs = status.blockjobs.jobs.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return whole.format({ ...status, blockjobs: { ...status.blockjobs, jobs } }, STATUS);
}

const STATUS: FormatContext = { ...formatLive, status: true, secure: true };
