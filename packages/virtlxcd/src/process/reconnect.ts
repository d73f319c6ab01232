import type { Process } from '@modvirt/core/ports';
import type { ContainerDomain } from '../container-runtime.js';
import type { LxcDriver } from '../driver.js';
import { SupervisorLink } from '../monitor/supervisor-link.js';
import { readStatus, type SavedStatus } from '../status/read-status.js';
import { saveStatus } from '../status/status-file.js';
import { groupOf } from './container-group.js';
import { containerPaths } from './container-paths.js';
import { removeRun } from './remove-run.js';
import { watchContainer } from './watch-container.js';

/** Finds the containers that ran when we, or libvirt, ended: those that still run are taken over, those that ended are reported. */
export async function reconnectContainers(driver: LxcDriver): Promise<void> {
  const { files, paths, log } = driver.parts;
  const entries = await files.list(paths.state);
  const names = entries
    .filter((it) => it.type === 'file' && it.name.endsWith('.xml'))
    .map((it) => it.name.slice(0, -'.xml'.length));
  for (const name of names) {
    const path = `${paths.state}/${name}.xml`;
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(await files.read(path));
      await reconnectContainer(driver, readStatus(text, driver.parts.newUuid));
    } catch (error) {
      log.error('status of a container cannot be used and is left as it is', { path, error });
    }
  }
}

async function reconnectContainer(driver: LxcDriver, status: SavedStatus): Promise<void> {
  const { domain } = driver.domains.claim(status.domain);
  const { signal } = driver.scope;
  await domain.withJob({ kind: 'start', owner: 'reconnect', signal }, async (job) => {
    domain.activate(job, status.pid, status.domain);
    domain.setState(status.state);
    const cgroup = groupOf(driver, status.domain, status.pid);
    try {
      const { supervisor, init, link } = await takeOver(driver, domain, status, job.signal);
      const runtime = { supervisor, init, link, cgroup, ending: undefined, finishing: undefined };
      domain.setRuntime(job, runtime);
      await saveStatus(driver.parts, domain);
      watchContainer(driver, domain, runtime);
    } catch (error) {
      driver.log.info('container is no longer there', { domain: domain.name, pid: status.pid, error });
      const reference = { ...domain.reference };
      domain.deactivate({ state: 'shutoff', reason: 'unknown' }, new Error('the container has ended'));
      await removeRun(driver, domain.name, status.domain, cgroup);
      driver.notifier.lifecycle(reference, 'stopped', 'failed');
      if (!domain.isPersistent) driver.domains.remove(domain);
    }
  });
}

interface TakenOver {
  readonly supervisor: Process;
  readonly init: Process;
  readonly link: SupervisorLink;
}

async function takeOver(
  { parts }: LxcDriver,
  domain: ContainerDomain,
  { pid, initPid }: SavedStatus,
  signal: AbortSignal,
): Promise<TakenOver> {
  // Nobody but the supervisor answers at its socket; the numbers alone could be anybody's by now.
  const channel = await parts.sockets.connect(containerPaths(parts.paths, domain.name).socket, signal);
  const link = new SupervisorLink(channel);
  const supervisor = parts.processes.watch(pid);
  const init = parts.processes.watch(initPid);
  if (supervisor === undefined || init === undefined) {
    link.close();
    throw new Error(`there is no supervisor ${pid} with init ${initPid}`);
  }
  return { supervisor, init, link };
}
