import { VirError } from '@modvirt/core/errors';
import { type DeviceCounters, interfaceGroup, stateGroup } from '@modvirt/core/hypervisor';
import type { ImageSizes } from '@modvirt/core/ports';
import type { TypedParameter } from '@modvirt/core/protocol';
import { domainStatsTypes as group } from '@modvirt/core/protocol/constants';
import type { Domain } from '@modvirt/core/schema';
import type { QemuDriver } from '../driver.js';
import { cpuTimes } from '../process/cpu-time.js';
import type { GuestRuntime } from '../process/guest-runtime.js';
import { residentKiB, schedulerDelays, threadFacts } from '../process/proc-facts.js';
import type { QemuDomain } from '../process/qemu-domain.js';
import { blockGroup } from './block-group.js';
import { formatOf, localPathOf } from './disk-sources.js';
import {
  balloonGroup,
  cpuGroup,
  dirtyRateGroup,
  iothreadGroup,
  type VcpuFigures,
  vcpuGroup,
} from './guest-groups.js';
import { askMonitor, type MonitorFacts } from './monitor-facts.js';

export interface StatsRequest {
  /** Bits of virDomainStatsTypes; 0: all there are. */
  readonly groups: number;
  readonly enforce: boolean;
  /** Says nothing that one would have to wait for. */
  readonly noWait: boolean;
  readonly backing: boolean;
  /** Counters of the host's network devices. */
  readonly devices: ReadonlyMap<string, DeviceCounters>;
}

/** How long a guest may take to answer, and how long where nobody wants to wait. */
const ANSWER_MS = 5000;
const NO_WAIT_MS = 500;

const ALWAYS =
  group.state |
  group.cpuTotal |
  group.balloon |
  group.vcpu |
  group.interface |
  group.block |
  group.perf |
  group.memory;

/** Groups that only a QEMU that can do so gives: the capability that says it. */
const BY_CAPABILITY: readonly (readonly [number, string | undefined])[] = [
  [group.iothread, undefined],
  [group.dirtyrate, 'dirtyrate-param.mode'],
  [group.vm, 'query-stats'],
];

/** All figures of a domain that were asked for. @throws VirError ARGUMENT_UNSUPPORTED when they are enforced and are not had */
export async function domainStats(
  driver: QemuDriver,
  domain: QemuDomain,
  request: StatsRequest,
  signal: AbortSignal,
): Promise<TypedParameter[]> {
  const groups = groupsOf(domain, request);
  const { live, runtime } = domain;
  const wants = (bit: number): boolean => (groups & bit) !== 0;
  const state = wants(group.state) ? stateGroup(domain.state) : [];
  if (live === undefined || runtime === undefined) {
    return [...state, ...(await inactiveGroups(driver, domain.current, wants, signal))];
  }
  const facts = await factsOf(driver, domain, { live, runtime, wants }, request, signal);
  return [...state, ...(await activeGroups(driver, { live, runtime, wants }, facts, request))];
}

type Wants = (bit: number) => boolean;

interface Running {
  readonly live: Domain;
  readonly runtime: GuestRuntime;
  readonly wants: Wants;
}

function groupsOf({ runtime }: QemuDomain, request: StatsRequest): number {
  const own = BY_CAPABILITY.filter(
    ([, flag]) => runtime !== undefined && (flag === undefined || runtime.capabilityFlags.includes(flag)),
  );
  const supported = own.reduce((bits, [bit]) => bits | bit, ALWAYS);
  if (request.groups === 0) return supported;
  const missing = (request.groups & ~supported) >>> 0;
  if (request.enforce && missing !== 0) {
    throw VirError.of(
      'ARGUMENT_UNSUPPORTED',
      `Stats types bits 0x${missing.toString(16)} are not supported by this daemon or QEMU`,
    );
  }
  return request.groups & supported;
}

function factsOf(
  driver: QemuDriver,
  domain: QemuDomain,
  { live, runtime, wants }: Running,
  request: StatsRequest,
  signal: AbortSignal,
): Promise<MonitorFacts> {
  const { short, long } = domain.jobs.running;
  // Somebody changes the guest: its monitor may take its time.
  const isBusy = short !== undefined || long !== undefined;
  if (request.noWait && isBusy) return Promise.resolve({});
  const questions = {
    balloon: wants(group.balloon),
    blocks: wants(group.block) && live.devices.disks.length > 0,
    iothreads: wants(group.iothread) && live.iothreadids.length > 0,
    dirtyRate: wants(group.dirtyrate),
    haltPolling:
      wants(group.cpuTotal) && live.type === 'kvm' && runtime.capabilityFlags.includes('query-stats'),
  };
  if (!Object.values(questions).includes(true)) return Promise.resolve({});
  const timeoutMs = request.noWait ? NO_WAIT_MS : ANSWER_MS;
  return askMonitor(runtime.monitor, live, questions, {
    clock: driver.clock,
    log: driver.log,
    timeoutMs,
    signal,
  });
}

async function activeGroups(
  driver: QemuDriver,
  { live, runtime, wants }: Running,
  facts: MonitorFacts,
  request: StatsRequest,
): Promise<TypedParameter[]> {
  const { files } = driver.parts;
  const { pid } = runtime.process;
  const blocks = { devices: facts.blocks ?? [], nodes: facts.nodes ?? new Map(), closed: new Map() };
  const [times, rssKiB, vcpus] = await Promise.all([
    wants(group.cpuTotal) ? cpuTimes(files, pid) : undefined,
    wants(group.balloon) ? residentKiB(files, pid) : undefined,
    wants(group.vcpu) ? vcpuFigures(driver, runtime) : undefined,
  ]);
  return [
    ...(times ? cpuGroup(times, facts.haltPolling) : []),
    ...(wants(group.balloon) ? balloonGroup(live, facts.balloon, rssKiB) : []),
    ...(vcpus ? vcpuGroup(live, vcpus) : []),
    ...(wants(group.interface) ? interfaceGroup(live, request.devices) : []),
    ...(wants(group.block) ? blockGroup(live, blocks, request.backing) : []),
    ...(wants(group.iothread) ? iothreadGroup(facts.iothreads ?? []) : []),
    ...(facts.dirtyRate ? dirtyRateGroup(facts.dirtyRate) : []),
  ];
}

function vcpuFigures(driver: QemuDriver, { process, vcpuThreads }: GuestRuntime): Promise<VcpuFigures[]> {
  const { files } = driver.parts;
  return Promise.all(
    vcpuThreads.map(async ({ id, threadId }) => {
      const [times, delays] = await Promise.all([
        threadFacts(files, process.pid, threadId),
        schedulerDelays(files, process.pid, threadId),
      ]);
      return { id, ...times, ...delays };
    }),
  );
}

async function inactiveGroups(
  driver: QemuDriver,
  definition: Domain,
  wants: Wants,
  signal: AbortSignal,
): Promise<TypedParameter[]> {
  const closed = wants(group.block) ? await imageSizes(driver, definition, signal) : new Map();
  const blocks = { devices: [], nodes: new Map(), closed };
  return [
    ...(wants(group.balloon) ? balloonGroup(definition, undefined, undefined) : []),
    ...(wants(group.vcpu) ? vcpuGroup(definition, []) : []),
    ...(wants(group.block) ? blockGroup(definition, blocks, false) : []),
  ];
}

/** Sizes of the images, by target; one that cannot be looked at is left out. */
async function imageSizes(
  driver: QemuDriver,
  { name, devices }: Domain,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ImageSizes>> {
  const found = new Map<string, ImageSizes>();
  const looks = devices.disks.map(async (disk) => {
    const path = localPathOf(disk);
    if (path === undefined) return;
    try {
      found.set(disk.target.dev, await driver.parts.images.sizes(path, formatOf(disk), signal));
    } catch (error) {
      driver.log.debug('image cannot be measured', { domain: name, path, error });
    }
  });
  await Promise.all(looks);
  return found;
}
