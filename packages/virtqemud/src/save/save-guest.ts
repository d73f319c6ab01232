import { VirError } from '@modvirt/core/errors';
import type { LiveJob } from '@modvirt/core/hypervisor';
import type { OpenFile } from '@modvirt/core/ports';
import type { Domain } from '@modvirt/core/schema';
import type { QemuDriver } from '../driver.js';
import { destroyGuest } from '../process/end-domain.js';
import type { GuestRuntime } from '../process/guest-runtime.js';
import { startProcessors, stopProcessors } from '../process/processors.js';
import type { QemuDomain } from '../process/qemu-domain.js';
import { requireSameGuest } from './abi-stability.js';
import { formatCookie, withOriginalCpu } from './cookie.js';
import { packer, uncachedWriter } from './filters.js';
import { markComplete, writeNewFile } from './image-file.js';
import { encodeHead, type SaveFormat } from './image-header.js';
import { jobNames, jobParameters, migrationFigures } from './long-jobs.js';
import { requireMovable } from './movable.js';
import { saveStream } from './save-stream.js';

export interface SaveRequest {
  readonly path: string;
  readonly format: SaveFormat;
  readonly bypassCache: boolean;
  /** Whether the guest runs when it is restored; undefined: as it is now. */
  readonly running: boolean | undefined;
  /** What it shall be restored as; undefined: what it is. */
  readonly definition: Domain | undefined;
}

/** Blocks of any storage fit into it. */
const BLOCK_BYTES = 4096;

/**
 * Writes the guest to a file and ends it. On failure it goes on as before, and the file is gone.
 *
 * @throws VirError SYSTEM_ERROR, OPERATION_FAILED, OPERATION_ABORTED
 */
export async function saveGuest(
  driver: QemuDriver,
  domain: QemuDomain,
  job: LiveJob<GuestRuntime>,
  request: SaveRequest,
): Promise<void> {
  const { runtime } = job;
  if (domain.live !== undefined) requireMovable(domain.live);
  const wasRunning = domain.state.state === 'running';
  await withJobReport(driver, domain, runtime, 'save', async () => {
    if (wasRunning) await stopProcessors(driver, domain, runtime, 'save');
    try {
      await writeImage(driver, domain, job, { ...request, running: request.running ?? wasRunning });
      await complete(driver, domain, runtime);
    } catch (error) {
      if (wasRunning) await goOn(driver, domain, runtime);
      throw error;
    }
    runtime.longJob = undefined;
    await destroyGuest(driver, domain, { graceful: false, cause: 'saved' });
  });
}

/** The guest whose job came to nothing runs as before. */
export async function goOn(driver: QemuDriver, domain: QemuDomain, runtime: GuestRuntime): Promise<void> {
  if (domain.runtime !== runtime || runtime.ending !== undefined) return;
  runtime.longJob = undefined;
  try {
    await startProcessors(driver, domain, runtime, 'save canceled');
  } catch (error) {
    driver.log.error('a guest that could not be saved does not go on', { domain: domain.name, error });
    driver.notifier.lifecycle(domain.reference, 'suspended', 'api error');
  }
}

/** While `body` runs, clients can see how far it is, and what it is stands in the guest's status. */
export async function withJobReport(
  driver: QemuDriver,
  domain: QemuDomain,
  runtime: GuestRuntime,
  operation: 'save' | 'dump',
  body: () => Promise<void>,
): Promise<void> {
  runtime.longJob = operation;
  driver.longJobs.begin(domain, operation, {
    look: async (signal) =>
      migrationFigures(await runtime.monitor.execute('query-migrate', undefined, signal)),
  });
  try {
    await driver.saveStatus(domain);
    await body();
  } finally {
    driver.longJobs.end(domain);
    runtime.longJob = undefined;
    await driver.saveStatus(domain);
  }
}

/** Keeps the figures of a job that has done its work, and tells everybody. */
export async function complete(
  driver: QemuDriver,
  domain: QemuDomain,
  { monitor }: GuestRuntime,
): Promise<void> {
  const figures = migrationFigures(await monitor.execute('query-migrate'));
  const report = figures && driver.longJobs.complete(domain, figures);
  if (report === undefined) return;
  driver.notifier.emit('domainJobCompleted', domain.reference, { params: jobParameters(report) });
}

async function writeImage(
  driver: QemuDriver,
  domain: QemuDomain,
  job: LiveJob<GuestRuntime>,
  request: SaveRequest,
): Promise<void> {
  const { live } = domain;
  if (live === undefined) throw VirError.of('OPERATION_FAILED', 'guest unexpectedly quit');
  const { runtime } = job;
  if (request.definition !== undefined) requireSameGuest(live, request.definition);
  const definition = request.definition ?? withOriginalCpu(live, runtime);
  const xml = driver.format(definition, domain, { inactive: true, secure: true, migratable: true });
  const cookie = formatCookie(live, runtime);
  const { format, bypassCache, running } = request;
  const head = encodeHead(
    { wasRunning: running === true, format, xml, cookie },
    bypassCache ? BLOCK_BYTES : 1,
  );
  const pack = packer(format);
  const filters = [...(pack === undefined ? [] : [pack]), ...(bypassCache ? [uncachedWriter] : [])];
  await writeNewFile(driver.parts.startPorts, request.path, async (file: OpenFile) => {
    await file.write(head);
    await saveStream(driver, job, file, { filters, what: jobNames.save });
    await markComplete(driver.parts.startPorts, request.path);
  });
}
