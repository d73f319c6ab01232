import { VirError } from '@modvirt/core/errors';
import { type DomainState, logTimestamp, setFrozen } from '@modvirt/core/hypervisor';
import { type Process, withDeadline } from '@modvirt/core/ports';
import type { ContainerDomain, ContainerRuntime, StopCause } from '../container-runtime.js';
import type { LxcDriver } from '../driver.js';
import { removeRun } from './remove-run.js';

const KILL_MS = 15_000;

/** Ends the container's processes and everything that belongs to this run of it. */
export async function destroyContainer(
  driver: LxcDriver,
  domain: ContainerDomain,
  cause: StopCause,
): Promise<void> {
  const { runtime } = domain;
  if (runtime === undefined) {
    throw VirError.of('OPERATION_INVALID', 'domain is not running', { domain: 'DOMAIN' });
  }
  runtime.ending ??= cause;
  await endProcesses(driver, domain, runtime);
  await finishContainer(driver, domain, runtime, runtime.ending);
}

async function endProcesses(
  { clock, log }: LxcDriver,
  { state, name }: ContainerDomain,
  { init, supervisor, cgroup }: ContainerRuntime,
): Promise<void> {
  const limit = { what: 'ending the container', timeoutMs: KILL_MS };
  try {
    await withDeadline(clock, limit, async (signal) => {
      init.kill('SIGKILL');
      // A process that stands still cannot end.
      if (state.state === 'paused') await setFrozen(cgroup, false, clock, signal);
      await supervisor.exited;
    });
  } catch (error) {
    log.error('a container does not end', { domain: name, error });
    throw VirError.of('INTERNAL_ERROR', `Some processes refused to die`, { cause: error });
  }
}

const ENDS = {
  destroyed: { reason: 'destroyed', event: 'destroyed' },
  shutdown: { reason: 'shutdown', event: 'shutdown' },
  failed: { reason: 'failed', event: 'failed' },
} as const;

/** The container is over: what belongs to this run goes, the state says why, everybody is told. Happens once. */
export function finishContainer(
  driver: LxcDriver,
  domain: ContainerDomain,
  runtime: ContainerRuntime,
  cause: StopCause | undefined,
): Promise<void> {
  runtime.finishing ??= finish(driver, domain, runtime, cause);
  return runtime.finishing;
}

async function finish(
  driver: LxcDriver,
  domain: ContainerDomain,
  runtime: ContainerRuntime,
  cause: StopCause | undefined,
): Promise<void> {
  const reference = { ...domain.reference };
  await leave(runtime.supervisor);
  runtime.link.close();
  const { reason, event } = ENDS[cause === undefined || cause === 'reboot' ? 'failed' : cause];
  const state: DomainState = { state: 'shutoff', reason };
  const stamp = logTimestamp(driver.clock.now());
  await driver.parts.guestLogs.write(reference.name, `${stamp}: shutting down\n`);
  // Until all of it has gone nobody can start it again.
  await removeRun(driver, reference.name, domain.live, runtime.cgroup);
  domain.deactivate(state, VirError.of('OPERATION_FAILED', 'domain is no longer running'));
  driver.sessionTies.forget(reference.id);
  driver.notifier.lifecycle(reference, 'stopped', event);
  if (!domain.isPersistent) driver.domains.remove(domain);
}

/** The supervisor says that it ends a moment before it does. */
async function leave(supervisor: Process): Promise<void> {
  supervisor.kill('SIGTERM');
  await supervisor.exited;
}
