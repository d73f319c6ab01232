import type { Call } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import type { StartRequest } from '@modvirt/core/hypervisor';
import type { Job } from '@modvirt/core/jobs';
import type { Domain } from '@modvirt/core/schema';
import { capabilityFlags } from '../capabilities/flag-names.js';
import type { QemuDriver } from '../driver.js';
import type { Monitor } from '../monitor/monitor.js';
import { monitorFailure } from '../monitor/qmp-link.js';
import type { LaunchPlan } from '../plan/launch-plan.js';
import { saveStatus } from '../status/status-file.js';
import { agentStateChanged } from './agent-state.js';
import { applyBalloon, startBalloonReports } from './balloon.js';
import { destroyGuest } from './end-domain.js';
import { giveFiles, takeFilesBack, withImagesChecked } from './guest-files.js';
import { type GuestRuntime, quietRuntime } from './guest-runtime.js';
import { launchGuest } from './launch-guest.js';
import { withCharacterDevices } from './live-definition.js';
import { removeManagedSave } from './managed-save.js';
import { prepareNvram } from './nvram.js';
import type { QemuDomain } from './qemu-domain.js';
import { readCharacterDevices, readDeviceAliases, readVcpuThreads } from './read-back.js';
import { removeRuntimeFiles } from './runtime-files.js';
import { taintNamed } from './taints.js';
import { watchGuest } from './watch-guest.js';

type Disk = Domain['devices']['disks'][number];

/** VIR_DOMAIN_EVENT_DISK_CHANGE_MISSING_ON_START */
const MISSING_ON_START = 0;

/** Starts the domain from its persistent definition. On failure it is as it was, with the reason in its state. */
export async function startDomain(
  driver: QemuDriver,
  job: Job,
  domain: QemuDomain,
  request: StartRequest,
  call: Call | undefined,
): Promise<void> {
  if (domain.isActive) throw VirError.of('OPERATION_INVALID', 'domain is already running');
  const definition = domain.persistent;
  if (definition === undefined) throw new Error(`domain ${domain.name} has nothing to start`);
  if (domain.hasManagedSave) await leaveSavedState(driver, domain, request);
  await startFrom(driver, job, domain, definition, request, call);
}

/** A start goes on from a saved state, unless it is told to begin anew: then the state is gone. */
async function leaveSavedState(driver: QemuDriver, domain: QemuDomain, request: StartRequest): Promise<void> {
  if (request.forceBoot) return removeManagedSave(driver, domain);
  throw VirError.of(
    'OPERATION_UNSUPPORTED',
    'going on from a saved state; start with --force-boot to discard it',
  );
}

/** Starts the domain from `definition`: its own, or a transient one. */
export async function startFrom(
  driver: QemuDriver,
  job: Job,
  domain: QemuDomain,
  definition: Domain,
  request: StartRequest,
  call: Call | undefined,
): Promise<void> {
  const id = driver.domains.nextId();
  const { caps, checked, live, plan } = await decide(driver, job, domain, definition, id);
  domain.activate(job, id, live);
  domain.setState({ state: 'paused', reason: 'starting up' });
  let forgetNvram = async (): Promise<void> => undefined;
  try {
    forgetNvram = await prepareNvram(driver.parts.files, live, request.resetNvram);
    await giveFiles(driver.parts.ownership, live, plan);
    const started = await launchGuest(
      job.signal,
      plan,
      driver.startOptions(domain.name, caps),
      driver.parts.startPorts,
    );
    const runtime = makeRuntime(plan, started, capabilityFlags(caps));
    runtime.agentTimeout = driver.agentTimeouts.get(domain) ?? runtime.agentTimeout;
    domain.setRuntime(job, runtime);
    try {
      await bringUp(driver, job, domain, runtime, request);
    } catch (error) {
      await abandon(driver, runtime);
      throw error;
    }
  } catch (error) {
    await removeRuntimeFiles(driver, domain.name, id);
    await takeFilesBack(driver.parts.ownership, live);
    await forgetNvram();
    domain.deactivate({ state: 'shutoff', reason: 'failed' }, error);
    throw monitorFailure(error);
  }
  if (request.autodestroy && call !== undefined) destroyWithSession(driver, domain, call);
  announceStart(driver, domain, request.paused);
  announceMissing(driver, domain, checked.missing);
}

/** All that can be refused before anything is done; a domain that is refused has failed to start all the same. */
async function decide(driver: QemuDriver, job: Job, domain: QemuDomain, definition: Domain, id: number) {
  try {
    const caps = await driver.capabilitiesOf(definition, job.signal);
    const { planner } = driver.parts;
    // What was loaded when its emulator was missing is completed only now.
    const isComplete = definition.devices.emulator !== undefined;
    const complete = isComplete ? definition : planner.complete(definition, caps);
    planner.check(complete, caps);
    const checked = await withImagesChecked(driver.parts.files, complete, driver.parts.guestUser);
    return { caps, checked, ...planner.launch(checked.domain, caps, id) };
  } catch (error) {
    domain.setState({ state: 'shutoff', reason: 'failed' });
    throw error;
  }
}

function makeRuntime(
  plan: LaunchPlan,
  started: { readonly process: GuestRuntime['process']; readonly monitor: Monitor },
  capabilityFlags: readonly string[],
): GuestRuntime {
  return {
    ...started,
    monitorPath: plan.monitorPath,
    privateDirectory: plan.privateDirectory,
    channelDirectory: plan.channelDirectory,
    capabilityFlags,
    emulator: plan.emulator,
    vcpuThreads: [],
    deviceAliases: [],
    taints: new Set(plan.taints.map(taintNamed).filter((it) => it !== undefined)),
    ...quietRuntime,
  };
}

async function bringUp(
  driver: QemuDriver,
  job: Job,
  domain: QemuDomain,
  runtime: GuestRuntime,
  request: StartRequest,
): Promise<void> {
  const { monitor } = runtime;
  const [chardevs, threads, aliases] = await Promise.all([
    readCharacterDevices(monitor, job.signal),
    readVcpuThreads(monitor, job.signal),
    readDeviceAliases(monitor, job.signal),
  ]);
  runtime.vcpuThreads = threads;
  runtime.deviceAliases = aliases;
  if (domain.live !== undefined) domain.setLive(withCharacterDevices(domain.live, chardevs));
  await applyBalloon(domain, runtime, job.signal);
  if (domain.live !== undefined) await startBalloonReports(domain.live, runtime, job.signal);
  watchGuest(driver, domain, runtime);
  if (request.paused) {
    domain.setState({ state: 'paused', reason: 'user' });
  } else {
    await monitor.execute('cont', undefined, job.signal);
    domain.setState({ state: 'running', reason: 'booted' });
  }
  await saveStatus(driver, domain);
}

async function abandon(driver: QemuDriver, runtime: GuestRuntime): Promise<void> {
  runtime.monitor.close();
  runtime.process.kill('SIGKILL');
  await runtime.process.exited;
  driver.log.info('guest that could not be started was ended', { pid: runtime.process.pid });
}

function announceMissing(driver: QemuDriver, domain: QemuDomain, missing: readonly Disk[]): void {
  for (const disk of missing) {
    const alias = domain.live?.devices.disks.find((it) => it.target?.dev === disk.target?.dev)?.alias;
    driver.notifier.emit('domainDiskChange', domain.reference, {
      oldSrcPath: disk.type === 'file' ? (disk.source?.file ?? null) : null,
      newSrcPath: null,
      devAlias: alias ?? '',
      reason: MISSING_ON_START,
    });
  }
}

function announceStart(driver: QemuDriver, domain: QemuDomain, paused: boolean): void {
  agentStateChanged(driver, domain, 'domain started');
  if (!paused) driver.notifier.lifecycle(domain.reference, 'resumed', 'unpaused');
  driver.notifier.lifecycle(domain.reference, 'started', 'booted');
  if (paused) driver.notifier.lifecycle(domain.reference, 'suspended', 'paused');
}

function destroyWithSession(driver: QemuDriver, domain: QemuDomain, call: Call): void {
  const id = domain.id;
  const forget = call.session.onEnd(() => {
    if (domain.id !== id) return;
    driver.scope.spawn(`autodestroy ${domain.name}`, (signal) =>
      domain.withJob({ kind: 'destroy', owner: 'autodestroy', signal }, () =>
        destroyGuest(driver, domain, { graceful: false, cause: 'destroyed' }),
      ),
    );
  });
  driver.sessionsOf.set(id, forget);
}
