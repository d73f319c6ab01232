import type { Call } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import type { StartRequest } from '@modvirt/core/hypervisor';
import type { Job } from '@modvirt/core/jobs';
import type { Domain } from '@modvirt/core/schema';
import { capabilityFlags } from '../capabilities/flag-names.js';
import type { ProbedCaps } from '../capabilities/probed-caps.js';
import type { QemuDriver } from '../driver.js';
import type { Monitor } from '../monitor/monitor.js';
import { monitorFailure } from '../monitor/qmp-link.js';
import { askFacts, volumePaths } from '../neighbours/ask-facts.js';
import type { LaunchPlan } from '../plan/launch-plan.js';
import { isBrokenOff, withImage } from '../save/image-file.js';
import { type Incoming, incomingFrom } from '../save/restore-guest.js';
import { saveStatus } from '../status/status-file.js';
import { agentStateChanged } from './agent-state.js';
import { applyBalloon, startBalloonReports } from './balloon.js';
import { destroyGuest } from './end-domain.js';
import { giveFiles, takeFilesBack, withImagesChecked } from './guest-files.js';
import { type GuestRuntime, quietRuntime } from './guest-runtime.js';
import { lastWords, launchGuest, type StartedGuest } from './launch-guest.js';
import { withCharacterDevices } from './live-definition.js';
import { managedSavePath, removeManagedSave } from './managed-save.js';
import { claimPlaces, type Places } from './network/claim-places.js';
import { connectInterfaces } from './network/connect-interfaces.js';
import { setLinkStates } from './network/link-states.js';
import { releaseInterfaces } from './network/release-interfaces.js';
import { prepareNvram } from './nvram.js';
import type { QemuDomain } from './qemu-domain.js';
import { readCharacterDevices, readDeviceAliases, readVcpuThreads } from './read-back.js';
import { removeRuntimeFiles } from './runtime-files.js';
import { taintNamed } from './taints.js';
import { watchGuest } from './watch-guest.js';

type Disk = Domain['devices']['disks'][number];

/** VIR_DOMAIN_EVENT_DISK_CHANGE_MISSING_ON_START */
const MISSING_ON_START = 0;

/** What a start begins with. */
export interface StartSource {
  readonly definition: Domain;
  /** Where the guest goes on from; undefined: it boots. */
  readonly incoming?: Incoming | undefined;
}

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
  if (domain.hasManagedSave && (await startSaved(driver, job, domain, request, call))) return;
  await startFrom(driver, job, domain, { definition }, request, call);
}

/** Goes on from the saved state, unless it is to be forgotten or was never complete: then there is none any more. */
async function startSaved(
  driver: QemuDriver,
  job: Job,
  domain: QemuDomain,
  request: StartRequest,
  call: Call | undefined,
): Promise<boolean> {
  const path = managedSavePath(driver, domain.name);
  const ports = driver.parts.startPorts;
  if (request.forceBoot || (await isBrokenOff(ports, path))) {
    if (!request.forceBoot)
      driver.log.warn('Ignoring incomplete managed state', { domain: domain.name, path });
    await removeManagedSave(driver, domain);
    return false;
  }
  await withImage(ports, path, async (image) => {
    const definition = await driver.parse(image.xml, { validate: false }, job.signal);
    requireBelongs(domain, definition);
    const incoming = incomingFrom(driver, image, request.bypassCache);
    await startFrom(driver, job, domain, { definition, incoming }, request, call);
  });
  await removeManagedSave(driver, domain);
  return true;
}

/** A saved state that somebody put in the place of another one is not this domain's. */
function requireBelongs(domain: QemuDomain, { name, uuid }: Domain): void {
  if (name === domain.name && uuid === domain.uuid) return;
  throw VirError.of(
    'OPERATION_FAILED',
    `cannot restore domain '${domain.name}' uuid ${domain.uuid} from a file which belongs to domain '${name}' uuid ${uuid}`,
    { domain: 'QEMU' },
  );
}

/** Starts the domain from a definition: its own, a transient one, or a saved one. */
export async function startFrom(
  driver: QemuDriver,
  job: Job,
  domain: QemuDomain,
  source: StartSource,
  request: StartRequest,
  call: Call | undefined,
): Promise<void> {
  const id = driver.domains.nextId();
  const { definition, incoming } = source;
  const caps = await driver.capabilitiesOf(definition, job.signal);
  const checked = await withImagesChecked(driver.parts.files, definition, driver.parts.guestUser);
  const cpu = incoming?.cpu;
  const started = cpu === undefined ? checked.domain : { ...checked.domain, cpu };
  const asked = await askFacts(driver.parts.facts, started, job.signal);
  const volumes = volumePaths(asked);
  const places = await claimPlaces(driver, started, job.signal);
  const { live, plan } = await planOrRelease(places, () =>
    driver.parts.planner.launch(started, caps, { id, ...places, asked, incoming: incoming && 'defer' }),
  );
  domain.activate(job, id, live);
  domain.setState({ state: 'paused', reason: 'starting up' });
  let forgetNvram = async (): Promise<void> => undefined;
  try {
    forgetNvram = await prepareNvram(driver.parts.files, live, request.resetNvram);
    await giveFiles(driver.parts.ownership, live, plan, volumes);
    const guest = await launchConnected(driver, job, domain, plan, caps);
    const runtime = makeRuntime(plan, guest, capabilityFlags(caps));
    runtime.volumePaths = volumes;
    runtime.agentTimeout = driver.agentTimeouts.get(domain) ?? runtime.agentTimeout;
    if (cpu !== undefined && definition.cpu !== undefined) runtime.carried = { cpu: definition.cpu };
    domain.setRuntime(job, runtime);
    try {
      await bringUp(driver, job, domain, runtime, { request, incoming });
    } catch (error) {
      await abandon(driver, runtime);
      throw await withLastWords(driver, domain, error, guest.logOffset);
    }
  } catch (error) {
    await removeRuntimeFiles(driver, domain.name, id);
    await takeFilesBack(driver.parts.ownership, live, volumes);
    await releaseInterfaces(driver, domain.live ?? live);
    await forgetNvram();
    domain.deactivate({ state: 'shutoff', reason: 'failed' }, error);
    throw monitorFailure(error);
  }
  if (request.autodestroy && call !== undefined) destroyWithSession(driver, domain, call);
  if (incoming === undefined) announceStart(driver, domain, request.paused);
  else announceRestore(driver, domain);
  announceMissing(driver, domain, checked.missing);
}

/** What QEMU said says more than that it has ended. */
async function withLastWords(
  driver: QemuDriver,
  { name }: QemuDomain,
  error: unknown,
  logOffset: number,
): Promise<unknown> {
  if (!(error instanceof VirError)) return error;
  const said = lastWords(await driver.parts.guestLogs.readFrom(name, logOffset));
  if (said === '') return error;
  const text = `qemu unexpectedly closed the monitor: ${said}`;
  return VirError.of('INTERNAL_ERROR', text, { domain: 'QEMU', cause: error });
}

/** What was taken of networks is given back when nothing comes of the start. */
async function planOrRelease<T>(places: Places, plan: () => T): Promise<T> {
  try {
    return plan();
  } catch (error) {
    await places.release();
    throw error;
  }
}

/** Launches the guest with its network devices, which are its own from then on. */
async function launchConnected(
  driver: QemuDriver,
  job: Job,
  domain: QemuDomain,
  plan: LaunchPlan,
  caps: ProbedCaps,
): Promise<StartedGuest> {
  const { live } = domain;
  if (live === undefined) throw new Error(`domain ${domain.name} is not active`);
  const connected = await connectInterfaces(driver, live, job.signal);
  try {
    domain.setLive(connected.live);
    const options = driver.startOptions(domain.name, caps, connected.taps);
    return await launchGuest(job.signal, plan, options, driver.parts.startPorts);
  } finally {
    connected.close();
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
    listeners: new Set(),
  };
}

async function bringUp(
  driver: QemuDriver,
  job: Job,
  domain: QemuDomain,
  runtime: GuestRuntime,
  how: { readonly request: StartRequest; readonly incoming: Incoming | undefined },
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
  if (how.incoming === undefined) await applyBalloon(domain, runtime, job.signal);
  if (domain.live !== undefined) await startBalloonReports(domain.live, runtime, job.signal);
  await setLinkStates(domain, runtime, job.signal);
  watchGuest(driver, domain, runtime);
  if (how.incoming !== undefined) await how.incoming.load(domain.liveJob(job));
  driver.parts.networkWatch.update(driver);
  await begin(domain, runtime, job.signal, how);
  await saveStatus(driver, domain);
}

/** Lets the processors run, if they shall. */
async function begin(
  domain: QemuDomain,
  { monitor }: GuestRuntime,
  signal: AbortSignal,
  { request, incoming }: { readonly request: StartRequest; readonly incoming: Incoming | undefined },
): Promise<void> {
  if (request.paused || incoming?.runs === false) {
    // As libvirt has it: a guest that is restored paused has been moved here.
    domain.setState({ state: 'paused', reason: incoming === undefined ? 'user' : 'migration' });
    return;
  }
  await monitor.execute('cont', undefined, signal);
  domain.setState({ state: 'running', reason: incoming === undefined ? 'booted' : 'restored' });
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

function announceRestore(driver: QemuDriver, domain: QemuDomain): void {
  agentStateChanged(driver, domain, 'domain started');
  driver.notifier.lifecycle(domain.reference, 'started', 'restored');
  if (domain.state.state === 'running')
    driver.notifier.lifecycle(domain.reference, 'resumed', 'from snapshot');
  else driver.notifier.lifecycle(domain.reference, 'suspended', 'restored');
}

function destroyWithSession(driver: QemuDriver, domain: QemuDomain, call: Call): void {
  const id = domain.id;
  driver.sessionTies.tie(id, call.session, () => {
    if (domain.id !== id) return;
    driver.scope.spawn(`autodestroy ${domain.name}`, (signal) =>
      domain.withJob({ kind: 'destroy', owner: 'autodestroy', signal }, () =>
        destroyGuest(driver, domain, { graceful: false, cause: 'destroyed' }),
      ),
    );
  });
}
