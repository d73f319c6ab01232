import { VirError } from '@modvirt/core/errors';
import type { LiveJob } from '@modvirt/core/hypervisor';
import type { Domain } from '@modvirt/core/schema';
import type { QemuDriver } from '../driver.js';
import type { MonitorEvent } from '../monitor/monitor.js';
import { expectEvent } from '../process/guest-events.js';
import type { GuestRuntime } from '../process/guest-runtime.js';
import { cookieCpu } from './cookie.js';
import { type Filter, runFilters, uncachedReader, unpacker } from './filters.js';
import type { OpenImage } from './image-file.js';
import { HEADER_BYTES } from './image-header.js';
import { hearMigrations } from './migrate-to-descriptor.js';

/** A guest that goes on from somewhere instead of booting. */
export interface Incoming {
  /** Its processor as QEMU had made it of the one that was defined. */
  readonly cpu: Domain['cpu'];
  readonly runs: boolean;
  /** Puts memory and devices in their place; the guest's processors stand still. */
  load(job: LiveJob<GuestRuntime>): Promise<void>;
}

/** What an image brings to a start. The caller closes it afterwards. */
export function incomingFrom(driver: QemuDriver, image: OpenImage, bypassCache: boolean): Incoming {
  return {
    cpu: cookieCpu(image.cookie),
    runs: image.wasRunning,
    load: (job) => loadStream(driver, image, job, bypassCache),
  };
}

async function loadStream(
  driver: QemuDriver,
  image: OpenImage,
  job: LiveJob<GuestRuntime>,
  bypassCache: boolean,
): Promise<void> {
  const unpack = unpacker(image.format);
  const skipBytes = HEADER_BYTES + image.facts.dataBytes;
  const filters = [
    ...(bypassCache ? uncachedReader(skipBytes) : []),
    ...(unpack === undefined ? [] : [unpack]),
  ];
  if (filters.length === 0) return loadFrom(driver, job, image.file.descriptor);
  await loadFiltered(driver, image, job, filters, bypassCache);
}

async function loadFiltered(
  driver: QemuDriver,
  image: OpenImage,
  job: LiveJob<GuestRuntime>,
  filters: readonly Filter[],
  bypassCache: boolean,
): Promise<void> {
  const ports = driver.parts.startPorts;
  // Past the page cache only whole blocks are read: from the beginning, with a place of its own.
  const source = bypassCache ? await ports.openFiles.open(image.path, { access: 'read' }) : image.file;
  const { reading, writing } = ports.openFiles.pipe();
  const open = new Set([reading, writing]);
  const close = (descriptor: number): void => {
    if (open.delete(descriptor)) ports.descriptors.close(descriptor);
  };
  try {
    const running = await runFilters(ports, filters, { input: source.descriptor, output: writing });
    close(writing);
    try {
      await loadFrom(driver, job, reading);
    } catch (error) {
      running.kill();
      throw error;
    }
    // QEMU has read what it wants; what is behind that, nobody reads.
    close(reading);
    await running.done.catch((error: unknown) =>
      driver.log.debug('unpacking ended early', { path: image.path, error }),
    );
  } finally {
    close(reading);
    close(writing);
    if (source !== image.file) await source.close();
  }
}

function loadEnd({ name, data }: MonitorEvent): 'completed' | 'failed' | undefined {
  if (name !== 'MIGRATION') return undefined;
  const { status } = data;
  return status === 'completed' || status === 'failed' ? status : undefined;
}

async function loadFrom(
  driver: QemuDriver,
  { runtime, signal }: LiveJob<GuestRuntime>,
  descriptor: number,
): Promise<void> {
  const { monitor } = runtime;
  await hearMigrations(runtime, signal);
  const end = expectEvent(runtime, loadEnd, { clock: driver.clock, what: 'restore', signal });
  try {
    await monitor.passDescriptor('migrate', descriptor, signal);
    await monitor.execute('migrate-incoming', { uri: 'fd:migrate' }, signal);
    if ((await end.found) === 'completed') return;
    const { 'error-desc': text = 'load of migration failed' } = (await monitor.execute('query-migrate')) as {
      'error-desc'?: string;
    };
    throw VirError.of('OPERATION_FAILED', `job 'restore' failed: ${text}`, { domain: 'QEMU' });
  } finally {
    end.cancel();
  }
}
