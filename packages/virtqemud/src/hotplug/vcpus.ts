import { VirError } from '@modvirt/core/errors';
import type { LiveJob } from '@modvirt/core/hypervisor';
import { DeadlineError } from '@modvirt/core/ports';
import type { QemuDriver } from '../driver.js';
import { expectEvent } from '../process/guest-events.js';
import type { GuestRuntime } from '../process/guest-runtime.js';
import type { QemuDomain } from '../process/qemu-domain.js';
import { readVcpuThreads } from '../process/read-back.js';
import { currentVcpus, withVcpus } from '../process/vcpu-counts.js';
import { execute } from './carry-out.js';
import { unplugAnswer } from './detach-live.js';

const UNPLUG_MS = 5000;

/** A place for a processor, in the order of their numbers. */
interface Slot {
  readonly id: number;
  readonly type: string;
  readonly props: Readonly<Record<string, number>>;
  readonly isOnline: boolean;
  /** The device that can be taken out again; undefined for one that was there from the beginning. */
  readonly alias: string | undefined;
}

const PLACES = ['node-id', 'socket-id', 'die-id', 'cluster-id', 'core-id', 'thread-id'];

async function readSlots(runtime: GuestRuntime, signal: AbortSignal): Promise<readonly Slot[]> {
  const reply = (await execute(
    runtime,
    { command: 'query-hotpluggable-cpus', args: {} },
    signal,
  )) as readonly {
    readonly type: string;
    readonly props: Readonly<Record<string, number>>;
    readonly 'qom-path'?: string;
  }[];
  const place = (slot: { readonly props: Readonly<Record<string, number>> }): readonly number[] =>
    PLACES.map((it) => slot.props[it] ?? 0);
  const sorted = reply.toSorted((one, other) => {
    const [a, b] = [place(one), place(other)];
    const at = a.findIndex((it, index) => it !== b[index]);
    return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
  });
  return sorted.map(({ type, props, 'qom-path': path }, id) => ({
    id,
    type,
    props,
    isOnline: path !== undefined,
    alias: /^\/machine\/peripheral\/(.+)$/.exec(path ?? '')?.[1],
  }));
}

/**
 * Plugs processors in or takes them out until the running guest has so many.
 *
 * @throws VirError OPERATION_TIMEOUT when the guest does not let one go; those before it are gone
 */
export async function setLiveVcpus(
  driver: QemuDriver,
  domain: QemuDomain,
  job: LiveJob<GuestRuntime>,
  count: number,
): Promise<void> {
  const slots = await readSlots(job.runtime, job.signal);
  const online = slots.filter((it) => it.isOnline);
  try {
    if (count >= online.length) {
      const free = slots.filter((it) => !it.isOnline).slice(0, count - online.length);
      for (const slot of free) await plug(job, slot);
    } else {
      for (const slot of leaving(online, online.length - count)) await unplug(driver, job, slot);
    }
  } finally {
    await refreshVcpus(driver, domain, job.runtime);
  }
}

async function plug({ runtime, signal }: LiveJob<GuestRuntime>, { id, type, props }: Slot): Promise<void> {
  const args = { driver: type, id: `vcpu${id}`, ...props };
  await execute(runtime, { command: 'device_add', args }, signal);
}

function leaving(online: readonly Slot[], count: number): readonly Slot[] {
  const found = online
    .filter((it) => it.alias !== undefined)
    .toReversed()
    .slice(0, count);
  if (found.length === count) return found;
  throw VirError.of(
    'CONFIG_UNSUPPORTED',
    'failed to find appropriate hotpluggable vcpus to reach the desired target vcpu count',
    { domain: 'QEMU' },
  );
}

async function unplug(
  driver: QemuDriver,
  { runtime, signal }: LiveJob<GuestRuntime>,
  { alias = '' }: Slot,
): Promise<void> {
  const limits = { clock: driver.clock, what: 'vcpu unplug', timeoutMs: UNPLUG_MS, signal };
  const answer = expectEvent(runtime, (event) => unplugAnswer(event, alias), limits);
  try {
    await execute(runtime, { command: 'device_del', args: { id: alias } }, signal);
    if ((await answer.found) === 'deleted') return;
    throw VirError.of('OPERATION_FAILED', 'vcpu unplug request was rejected by the guest', {
      domain: 'QEMU',
    });
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    throw VirError.of(
      'OPERATION_TIMEOUT',
      'vcpu unplug request timed out. Unplug result must be manually inspected in the domain',
      { domain: 'QEMU' },
    );
  } finally {
    answer.cancel();
  }
}

/** Notes how many processors the guest has now. */
export async function refreshVcpus(
  driver: QemuDriver,
  domain: QemuDomain,
  runtime: GuestRuntime,
): Promise<void> {
  const threads = await readVcpuThreads(runtime.monitor);
  const { live } = domain;
  if (live === undefined || domain.runtime !== runtime) return;
  runtime.vcpuThreads = threads;
  if (threads.length !== currentVcpus(live)) {
    domain.setLive(withVcpus(live, threads.length, live.vcpus.length > 0));
  }
  await driver.saveStatus(domain);
}
