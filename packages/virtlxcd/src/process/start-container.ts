import type { Call } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { logTimestamp, type StartRequest, setFrozen } from '@modvirt/core/hypervisor';
import type { Job } from '@modvirt/core/jobs';
import type { Domain } from '@modvirt/core/schema';
import type { ContainerDomain } from '../container-runtime.js';
import type { LxcDriver } from '../driver.js';
import { saveStatus } from '../status/status-file.js';
import { destroyContainer } from './end-container.js';
import { launchContainer } from './launch-container.js';
import { liveDefinition } from './live-definition.js';
import { watchContainer } from './watch-container.js';

/** Starts the container from its persistent definition. On failure it is as it was, with the reason in its state. */
export async function startContainer(
  driver: LxcDriver,
  job: Job,
  domain: ContainerDomain,
  request: StartRequest,
  call: Call | undefined,
): Promise<void> {
  if (domain.isActive) throw VirError.of('OPERATION_INVALID', 'Domain is already running');
  const definition = domain.persistent;
  if (definition === undefined) throw new Error(`domain ${domain.name} has nothing to start`);
  await startFrom(driver, job, domain, definition, request, call);
}

/** Starts the container from `definition`: its own, or a transient one. */
export async function startFrom(
  driver: LxcDriver,
  job: Job,
  domain: ContainerDomain,
  definition: Domain,
  request: StartRequest,
  call: Call | undefined,
): Promise<void> {
  const live = liveDefinition(definition);
  try {
    const { runtime, live: begun } = await launchContainer(driver, job.signal, live);
    domain.activate(job, runtime.supervisor.pid, begun);
    driver.domains.noteId(domain.id);
    domain.setRuntime(job, runtime);
  } catch (error) {
    domain.setState({ state: 'shutoff', reason: 'failed' });
    throw error;
  }
  const { runtime } = domain;
  if (runtime === undefined) return;
  domain.setState({ state: 'running', reason: 'booted' });
  if (request.paused) {
    await setFrozen(runtime.cgroup, true, driver.clock, job.signal);
    domain.setState({ state: 'paused', reason: 'user' });
  }
  await saveStatus(driver.parts, domain);
  if (request.autodestroy && call !== undefined) destroyWithSession(driver, domain, call);
  driver.notifier.lifecycle(domain.reference, 'started', 'booted');
  if (request.paused) driver.notifier.lifecycle(domain.reference, 'suspended', 'paused');
  driver.log.info('container started', {
    domain: domain.name,
    id: domain.id,
    at: logTimestamp(driver.clock.now()),
  });
  // From here on its own end is heard, also one that came while all this was done.
  watchContainer(driver, domain, runtime);
}

function destroyWithSession(driver: LxcDriver, domain: ContainerDomain, call: Call): void {
  const { id } = domain;
  driver.sessionTies.tie(id, call.session, () => {
    if (domain.id !== id) return;
    driver.scope.spawn(`autodestroy ${domain.name}`, (signal) =>
      domain.withJob({ kind: 'destroy', owner: 'autodestroy', signal }, () =>
        destroyContainer(driver, domain, 'destroyed'),
      ),
    );
  });
}
