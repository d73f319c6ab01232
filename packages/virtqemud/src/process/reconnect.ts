import type { DomainState } from '@modvirt/core/hypervisor';
import type { Job } from '@modvirt/core/jobs';
import type { QemuDriver } from '../driver.js';
import { askVolumes, volumePaths } from '../neighbours/ask-facts.js';
import { neededVolumes } from '../plan/needed-facts.js';
import { endLongJob } from '../save/end-long-job.js';
import { readStatus, type SavedStatus } from '../status/read-status.js';
import { saveStatus } from '../status/status-file.js';
import { cleanLeftovers } from './clean-leftovers.js';
import { takeFilesBack } from './guest-files.js';
import { type GuestRuntime, quietRuntime } from './guest-runtime.js';
import { agentChannel, withCharacterDevices } from './live-definition.js';
import { endAfterShutdown } from './monitor-events.js';
import { releaseInterfaces } from './network/release-interfaces.js';
import { replugGuests } from './network/replug.js';
import type { QemuDomain } from './qemu-domain.js';
import { readCharacterDevices, readDeviceAliases, readVcpuThreads } from './read-back.js';
import { removeRuntimeFiles, shortName } from './runtime-files.js';
import { taintNamed } from './taints.js';
import { watchGuest } from './watch-guest.js';

const MONITOR_MS = 15_000;

/** Finds the guests that ran when we, or libvirt, ended: those that still run are taken over, those that ended are reported. */
export async function reconnectGuests(driver: QemuDriver): Promise<void> {
  const { files, paths, log, newUuid } = driver.parts;
  const entries = await files.list(paths.state);
  const names = entries
    .filter((it) => it.type === 'file' && it.name.endsWith('.xml'))
    .map((it) => it.name.slice(0, -4));
  const found = names.map(async (name) => {
    const path = `${paths.state}/${name}.xml`;
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(await files.read(path));
      await reconnectGuest(driver, readStatus(text, { newUuid, memoryBackingDirectory: `${paths.lib}/ram` }));
    } catch (error) {
      log.error('status of a guest cannot be used and is left as it is', { path, error });
    }
  });
  await Promise.all(found);
  await cleanLeftovers(driver, names);
  driver.parts.networkWatch.update(driver);
  driver.scope.spawn('replug', () => replugGuests(driver, undefined));
}

async function reconnectGuest(driver: QemuDriver, status: SavedStatus): Promise<void> {
  const { domain } = driver.domains.claim(status.domain);
  driver.domains.noteId(status.id);
  const signal = driver.scope.signal;
  await domain.withJob({ kind: 'start', owner: 'reconnect', signal }, async (job) => {
    domain.activate(job, status.id, status.domain);
    domain.setState(status.state);
    try {
      await takeOver(driver, job, domain, status);
    } catch (error) {
      driver.log.info('guest is no longer there', { domain: domain.name, pid: status.pid, error });
      await reportEnd(driver, domain, status);
    }
  });
}

async function takeOver(
  driver: QemuDriver,
  job: Job,
  domain: QemuDomain,
  status: SavedStatus,
): Promise<void> {
  const { startPorts } = driver.parts;
  // The monitor's answer is the proof that this is our guest; the pid alone could be anybody's by now.
  const monitor = await startPorts.connectMonitor(status.monitorPath, MONITOR_MS, job.signal);
  const process = startPorts.processes.watch(status.pid);
  if (process === undefined) {
    monitor.close();
    throw new Error(`there is no process ${status.pid}`);
  }
  const runtime: GuestRuntime = {
    process,
    monitor,
    monitorPath: status.monitorPath,
    privateDirectory:
      status.privateDirectory ?? `${driver.parts.paths.lib}/domain-${shortName(status.id, domain.name)}`,
    channelDirectory:
      status.channelDirectory ?? `${driver.parts.paths.channels}/${shortName(status.id, domain.name)}`,
    capabilityFlags: status.capabilityFlags,
    emulator: status.domain.devices.emulator ?? '',
    vcpuThreads: await readVcpuThreads(monitor, job.signal),
    deviceAliases: await readDeviceAliases(monitor, job.signal),
    taints: new Set(status.taints.map(taintNamed).filter((it) => it !== undefined)),
    ...quietRuntime,
    listeners: new Set(),
    fakeReboot: status.fakeReboot,
    agentTimeout: status.agentTimeout,
    carried: status.carried,
  };
  domain.setRuntime(job, runtime);
  for (const net of status.domain.devices.interfaces) driver.parts.deviceNames.note(net.target?.dev ?? '');
  await adoptChannels(job, domain, runtime);
  await adoptState(driver, job, domain, runtime);
  watchGuest(driver, domain, runtime);
  await endLongJob(driver, domain, runtime, status.longJob);
  findVolumesAgain(driver, domain, runtime);
  await saveStatus(driver, domain);
}

/** Where its volumes are is their daemon's to say, which may be starting too. */
function findVolumesAgain(driver: QemuDriver, domain: QemuDomain, runtime: GuestRuntime): void {
  const { live } = domain;
  if (live === undefined || neededVolumes(live).length === 0) return;
  driver.scope.spawn(`volumes of ${domain.name}`, async (signal) => {
    try {
      runtime.volumePaths = volumePaths(await askVolumes(driver.parts.facts, live, signal));
    } catch (error) {
      driver.log.warn('volumes of a guest cannot be found', { domain: domain.name, error });
    }
  });
}

/** Which programs of the guest listen may have changed while nobody looked. */
async function adoptChannels(job: Job, domain: QemuDomain, runtime: GuestRuntime): Promise<void> {
  if (domain.live === undefined) return;
  const chardevs = await readCharacterDevices(runtime.monitor, job.signal);
  const live = withCharacterDevices(domain.live, chardevs);
  domain.setLive(live);
  const channel = agentChannel(live);
  runtime.agentConnected = channel !== undefined && chardevs.listening.has(channel.alias ?? '');
}

/** What QEMU says now against what we knew: the difference happened while nobody looked, and is told now. */
async function adoptState(
  driver: QemuDriver,
  job: Job,
  domain: QemuDomain,
  runtime: GuestRuntime,
): Promise<void> {
  const { running, status } = (await runtime.monitor.execute('query-status', undefined, job.signal)) as {
    running: boolean;
    status: string;
  };
  const known = domain.state.state;
  if (running && known !== 'running') {
    domain.setState({ state: 'running', reason: 'unpaused' });
    driver.notifier.lifecycle(domain.reference, 'resumed', 'unpaused');
  } else if (!running && known === 'running') {
    domain.setState(stoppedState(status));
    driver.notifier.lifecycle(domain.reference, 'suspended', 'paused');
  }
  if (status === 'shutdown') endAfterShutdown(driver, domain, runtime);
}

function stoppedState(status: string): DomainState {
  switch (status) {
    case 'shutdown':
      return { state: 'shutdown', reason: 'unknown' };
    case 'guest-panicked':
      return { state: 'crashed', reason: 'panicked' };
    case 'suspended':
      return { state: 'pmsuspended', reason: 'unknown' };
    case 'io-error':
      return { state: 'paused', reason: 'ioerror' };
    case 'watchdog':
      return { state: 'paused', reason: 'watchdog' };
    default:
      return { state: 'paused', reason: 'unknown' };
  }
}

async function reportEnd(driver: QemuDriver, domain: QemuDomain, status: SavedStatus): Promise<void> {
  const reference = { ...domain.reference };
  // A guest that had said that it ends has done so; any other end, we know nothing of.
  const reason = status.state.state === 'shutdown' ? 'shutdown' : 'unknown';
  domain.deactivate({ state: 'shutoff', reason }, new Error('the guest has ended'));
  await removeRuntimeFiles(driver, domain.name, status.id);
  await takeFilesBack(driver.parts.ownership, status.domain);
  await releaseInterfaces(driver, status.domain);
  driver.notifier.lifecycle(reference, 'stopped', reason === 'shutdown' ? 'shutdown' : 'failed');
  if (!domain.isPersistent) driver.domains.remove(domain);
}
