import { VirError } from '@modvirt/core/errors';
import type { LiveJob } from '@modvirt/core/hypervisor';
import type { Clock } from '@modvirt/core/ports';
import type { MonitorEvent } from '../monitor/monitor.js';
import { expectEvent } from '../process/guest-events.js';
import type { GuestRuntime } from '../process/guest-runtime.js';

/** As fast as storage takes it: QEMU's own limit is made for networks. In whole MiB, as libvirt sets it. */
const UNLIMITED_BYTES_PER_SECOND = 9_223_372_036_853_727_232n;
/** QEMU's name for a descriptor that was handed to it. */
const NAME = 'migrate';
/** How long QEMU may take to let go of a migration that was cancelled. */
const CANCEL_MS = 30_000;

/** What a migration has come to. */
type End = 'completed' | 'failed' | 'cancelled';

function endOf({ name, data }: MonitorEvent): End | undefined {
  if (name !== 'MIGRATION') return undefined;
  const status = String(data.status);
  return status === 'completed' || status === 'failed' || status === 'cancelled' ? status : undefined;
}

/** QEMU tells what becomes of its migrations from now on. */
export async function hearMigrations({ monitor }: GuestRuntime, signal: AbortSignal): Promise<void> {
  const capabilities = [{ capability: 'events', state: true }];
  await monitor.execute('migrate-set-capabilities', { capabilities }, signal);
}

/**
 * Writes the guest's memory and devices to `descriptor`, which stays ours. When the job is aborted the guest stays as it is.
 *
 * @param what names the job in the error
 */
export async function migrateToDescriptor(
  clock: Clock,
  job: LiveJob<GuestRuntime>,
  descriptor: number,
  what: string,
): Promise<void> {
  const { runtime, signal } = job;
  const { monitor } = runtime;
  await hearMigrations(runtime, signal);
  const before = (await monitor.execute('query-migrate-parameters', undefined, signal)) as {
    'max-bandwidth'?: number;
  };
  await setBandwidth(runtime, UNLIMITED_BYTES_PER_SECOND);
  const end = expectEvent(runtime, endOf, { clock, what, signal });
  try {
    await monitor.passDescriptor(NAME, descriptor, signal);
    await monitor.execute('migrate', { detach: true, blk: false, inc: false, uri: `fd:${NAME}` }, signal);
    await requireCompleted(runtime, await end.found, what);
  } catch (error) {
    if (signal.aborted && runtime.ending === undefined) await cancel(clock, runtime);
    await setBandwidth(runtime, before['max-bandwidth'] ?? 0).catch(() => undefined);
    if (signal.aborted) throw aborted(signal.reason, what);
    throw error;
  } finally {
    end.cancel();
  }
}

async function setBandwidth({ monitor }: GuestRuntime, bytesPerSecond: bigint | number): Promise<void> {
  await monitor.execute('migrate-set-parameters', { 'max-bandwidth': bytesPerSecond });
}

async function requireCompleted({ monitor }: GuestRuntime, end: End, what: string): Promise<void> {
  if (end === 'completed') return;
  if (end === 'cancelled') throw aborted(VirError.of('OPERATION_ABORTED', 'canceled by client'), what);
  const { 'error-desc': text = 'unexpectedly failed' } = (await monitor.execute('query-migrate')) as {
    'error-desc'?: string;
  };
  throw VirError.of('OPERATION_FAILED', `${what}: ${text}`, { domain: 'QEMU' });
}

async function cancel(clock: Clock, runtime: GuestRuntime): Promise<void> {
  const end = expectEvent(runtime, endOf, { clock, what: 'cancelling', timeoutMs: CANCEL_MS });
  try {
    await runtime.monitor.execute('migrate_cancel');
    const { status } = (await runtime.monitor.execute('query-migrate')) as { status?: string };
    if (status === 'active' || status === 'cancelling' || status === 'setup') await end.found;
  } finally {
    end.cancel();
  }
}

function aborted(reason: unknown, what: string): unknown {
  if (!(reason instanceof VirError) || !reason.is('OPERATION_ABORTED')) return reason;
  return VirError.of('OPERATION_ABORTED', `${what}: canceled by client`, { domain: 'QEMU' });
}
