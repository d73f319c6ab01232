import { VirError } from '@modvirt/core/errors';
import type { LiveJob } from '@modvirt/core/hypervisor';
import type { OpenFile } from '@modvirt/core/ports';
import type { QemuDriver } from '../driver.js';
import type { MonitorEvent } from '../monitor/monitor.js';
import { monitorFailure } from '../monitor/qmp-link.js';
import { destroyGuest } from '../process/end-domain.js';
import { expectEvent } from '../process/guest-events.js';
import type { GuestRuntime } from '../process/guest-runtime.js';
import { startProcessors, stopProcessors } from '../process/processors.js';
import type { QemuDomain } from '../process/qemu-domain.js';
import { packer, uncachedWriter } from './filters.js';
import { writeNewFile } from './image-file.js';
import type { SaveFormat } from './image-header.js';
import { dumpFigures, jobNames } from './long-jobs.js';
import { requireMovable } from './movable.js';
import { complete, withJobReport } from './save-guest.js';
import { saveStream } from './save-stream.js';

export interface DumpRequest {
  readonly path: string;
  /** How QEMU's stream is packed. */
  readonly format: SaveFormat;
  readonly bypassCache: boolean;
  /** In QEMU's words; undefined: not the memory alone, but QEMU's own stream. */
  readonly memoryFormat: string | undefined;
  readonly end: 'crash' | 'reset' | undefined;
  /** Does not stop while it is written. */
  readonly live: boolean;
}

/** Writes the guest's memory to a file. On failure the file is gone; in any case the guest is as it was. */
export async function dumpGuest(
  driver: QemuDriver,
  domain: QemuDomain,
  job: LiveJob<GuestRuntime>,
  request: DumpRequest,
): Promise<void> {
  const { runtime } = job;
  const { live } = domain;
  if (request.memoryFormat === undefined && live !== undefined) requireMovable(live);
  const wasRunning = domain.state.state === 'running';
  await withJobReport(driver, domain, runtime, 'dump', async () => {
    if (wasRunning && !request.live) await stopProcessors(driver, domain, runtime, 'dump');
    try {
      await writeDump(driver, domain, job, request);
    } catch (error) {
      await afterwards(driver, domain, runtime, wasRunning);
      throw error;
    }
    if (request.end === 'crash') {
      await destroyGuest(driver, domain, { graceful: false, cause: 'crashed' });
      return;
    }
    if (request.end === 'reset') await reset(runtime);
    await afterwards(driver, domain, runtime, wasRunning || request.end === 'reset');
  });
}

async function afterwards(
  driver: QemuDriver,
  domain: QemuDomain,
  runtime: GuestRuntime,
  runs: boolean,
): Promise<void> {
  if (!runs || domain.runtime !== runtime || domain.state.state !== 'paused') return;
  try {
    await startProcessors(driver, domain, runtime, 'unpaused');
  } catch (error) {
    driver.log.error('a guest does not go on after its dump', { domain: domain.name, error });
  }
}

async function reset({ monitor }: GuestRuntime): Promise<void> {
  try {
    await monitor.execute('system_reset');
  } catch (error) {
    throw monitorFailure(error);
  }
}

async function writeDump(
  driver: QemuDriver,
  domain: QemuDomain,
  job: LiveJob<GuestRuntime>,
  request: DumpRequest,
): Promise<void> {
  const { memoryFormat, bypassCache } = request;
  await writeNewFile(driver.parts.startPorts, request.path, async (file) => {
    if (memoryFormat !== undefined) {
      await dumpMemory(driver, domain, job, file, memoryFormat);
      return;
    }
    const pack = packer(request.format);
    const filters = [...(pack === undefined ? [] : [pack]), ...(bypassCache ? [uncachedWriter] : [])];
    await saveStream(driver, job, file, { filters, what: jobNames.dump });
    await complete(driver, domain, job.runtime);
  });
}

/** What `DUMP_COMPLETED` says. */
function dumpEnd({ name, data }: MonitorEvent): { readonly error: string | undefined } | undefined {
  if (name !== 'DUMP_COMPLETED') return undefined;
  return { error: data.error === undefined ? undefined : String(data.error) };
}

async function dumpMemory(
  driver: QemuDriver,
  domain: QemuDomain,
  { runtime, signal }: LiveJob<GuestRuntime>,
  file: OpenFile,
  format: string,
): Promise<void> {
  const { monitor } = runtime;
  driver.longJobs.begin(domain, 'dump', {
    uncancellable: 'cannot abort memory-only dump',
    look: async (inner) => dumpFigures(await monitor.execute('query-dump', undefined, inner)),
  });
  const end = expectEvent(runtime, dumpEnd, { clock: driver.clock, what: 'dump', signal });
  try {
    await requireFormat(runtime, format);
    await monitor.passDescriptor('dump', file.descriptor, signal);
    await monitor.execute('dump-guest-memory', { paging: false, protocol: 'fd:dump', format, detach: true });
    const { error } = await end.found;
    if (error === undefined) return;
    throw VirError.of('OPERATION_FAILED', `memory-only dump failed: ${error}`, { domain: 'QEMU' });
  } catch (error) {
    throw monitorFailure(error);
  } finally {
    end.cancel();
  }
}

async function requireFormat({ monitor }: GuestRuntime, format: string): Promise<void> {
  if (format === 'elf') return;
  const { formats } = (await monitor.execute('query-dump-guest-memory-capability')) as { formats: string[] };
  if (formats.includes(format)) return;
  const text = `unsupported dumpformat '${format}' for this QEMU binary`;
  throw VirError.of('OPERATION_UNSUPPORTED', text, { domain: 'QEMU' });
}
