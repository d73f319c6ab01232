import { VirError } from '@modvirt/core/errors';
import { type DomainState, logTimestamp } from '@modvirt/core/hypervisor';
import type { QemuDriver } from '../driver.js';
import { takeFilesBack } from './guest-files.js';
import type { GuestRuntime, StopCause } from './guest-runtime.js';
import { releaseInterfaces } from './network/release-interfaces.js';
import type { QemuDomain } from './qemu-domain.js';
import { removeRuntimeFiles } from './runtime-files.js';
import { endProcess } from './stop.js';

/** How a guest's end shows: its state, and the event. */
const ENDS = {
  destroyed: { reason: 'destroyed', event: 'destroyed' },
  shutdown: { reason: 'shutdown', event: 'shutdown' },
  failed: { reason: 'failed', event: 'failed' },
  crashed: { reason: 'crashed', event: 'failed' },
  saved: { reason: 'saved', event: 'saved' },
  migrated: { reason: 'migrated', event: 'migrated' },
  daemon: { reason: 'daemon', event: 'failed' },
} as const;

export interface DestroyOptions {
  readonly graceful: boolean;
  readonly cause: StopCause;
}

/** Ends the guest's process and everything that belongs to this run of it. */
export async function destroyGuest(
  driver: QemuDriver,
  domain: QemuDomain,
  options: DestroyOptions,
): Promise<void> {
  const { runtime } = domain;
  if (runtime === undefined)
    throw VirError.of('OPERATION_INVALID', 'domain is not running', { domain: 'DOMAIN' });
  if (runtime.ending === undefined) {
    runtime.ending = options.cause;
    try {
      await endProcess(runtime.process, driver.clock, { graceful: options.graceful });
    } catch (error) {
      runtime.ending = undefined;
      throw error;
    }
  }
  await lastWords(driver, runtime);
  await finishGuest(driver, domain, runtime, runtime.ending);
}

/** How long a monitor may take to end after its QEMU has. */
const MONITOR_END_MS = 1000;

/** What QEMU said before it ended is heard first. */
async function lastWords(driver: QemuDriver, { monitor }: GuestRuntime): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = driver.clock.setTimer(MONITOR_END_MS, resolve);
    void monitor.ended.then(() => {
      timer.cancel();
      resolve();
    });
  });
}

/** The guest is over: files of this run go, the state says why, everybody is told. Does nothing the second time. */
export async function finishGuest(
  driver: QemuDriver,
  domain: QemuDomain,
  runtime: GuestRuntime,
  cause: StopCause,
): Promise<void> {
  if (domain.runtime !== runtime) return;
  const reference = { ...domain.reference };
  // QEMU closes its monitor a moment before it ends; whatever is left of it must not outlive the domain.
  runtime.process.kill('SIGKILL');
  await runtime.process.exited;
  if (domain.runtime !== runtime) return;
  runtime.monitor.close();
  runtime.agent?.close();
  const { reason, event } = ENDS[cause];
  const state: DomainState = { state: 'shutoff', reason };
  const { live } = domain;
  const stamp = logTimestamp(driver.clock.now());
  await driver.parts.guestLogs.write(reference.name, `${stamp}: shutting down, reason=${reason}\n`);
  domain.deactivate(state, VirError.of('OPERATION_FAILED', 'domain is no longer running'));
  driver.sessionTies.forget(reference.id);
  driver.parts.displayPorts.release(reference.id);
  await removeRuntimeFiles(driver, reference.name, reference.id);
  if (live !== undefined) {
    await takeFilesBack(driver.parts.ownership, live, runtime.volumePaths);
    await releaseInterfaces(driver, live);
  }
  driver.parts.networkWatch.update(driver);
  driver.notifier.lifecycle(reference, 'stopped', event);
  if (!domain.isPersistent) driver.domains.remove(domain);
}
