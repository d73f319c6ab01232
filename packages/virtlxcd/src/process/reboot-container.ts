import type { ContainerDomain, ContainerRuntime } from '../container-runtime.js';
import type { LxcDriver } from '../driver.js';
import { saveStatus } from '../status/status-file.js';
import { finishContainer } from './end-container.js';
import { launchContainer } from './launch-container.js';
import { liveDefinition } from './live-definition.js';
import { removeRun } from './remove-run.js';

/** The container begins again with the definition that it had. @returns what runs now; undefined when nothing does */
export async function rebootContainer(
  driver: LxcDriver,
  domain: ContainerDomain,
  runtime: ContainerRuntime,
  signal: AbortSignal,
): Promise<ContainerRuntime | undefined> {
  return domain.withJob({ kind: 'start', owner: 'reboot', signal }, async (job) => {
    const { live } = domain;
    if (domain.runtime !== runtime || live === undefined) return undefined;
    await runtime.supervisor.exited;
    runtime.link.close();
    await removeRun(driver, domain.name, live, runtime.cgroup);
    try {
      const next = await launchContainer(driver, job.signal, liveDefinition(live));
      domain.activate(job, next.runtime.supervisor.pid, next.live);
      domain.setRuntime(job, next.runtime);
    } catch (error) {
      driver.log.error('container could not begin again', { domain: domain.name, error });
      await finishContainer(driver, domain, runtime, 'failed');
      return undefined;
    }
    domain.setState({ state: 'running', reason: 'booted' });
    await saveStatus(driver.parts, domain);
    driver.notifier.emit('domainReboot', domain.reference);
    return domain.runtime;
  });
}
