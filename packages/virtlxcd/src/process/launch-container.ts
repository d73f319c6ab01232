import { systemError, VirError } from '@modvirt/core/errors';
import { type Cgroup, logTimestamp } from '@modvirt/core/hypervisor';
import { type Undo, withUndo } from '@modvirt/core/jobs';
import { type Process, withDeadline } from '@modvirt/core/ports';
import type { Domain } from '@modvirt/core/schema';
import type { ContainerRuntime } from '../container-runtime.js';
import type { LxcDriver } from '../driver.js';
import { StartHandshake } from '../monitor/start-handshake.js';
import { SupervisorLink } from '../monitor/supervisor-link.js';
import { type ContainerPlan, encodePlan, FIRST_NAMESPACE } from '../plan/container-plan.js';
import { initEnvironment } from '../plan/init.js';
import { planContainer } from '../plan/plan-container.js';
import { applyLimits } from './apply-limits.js';
import { DEFAULT_PARTITION, groupOf, groupPath } from './container-group.js';
import { containerPaths } from './container-paths.js';
import { refuseEarlyEnd } from './early-end.js';
import { endGroup } from './end-group.js';
import { findHostDevices } from './host-device-facts.js';
import { withConsolePaths } from './live-definition.js';
import { connectInterfaces } from './network/connect-interfaces.js';

/** How long a container may take from its supervisor's start to its init. */
const START_MS = 30_000;

export interface LaunchedContainer {
  readonly runtime: ContainerRuntime;
  readonly live: Domain;
}

/** Makes the container up to its init. On failure the host is as it was before, and the error says what went wrong. */
export function launchContainer(
  driver: LxcDriver,
  signal: AbortSignal,
  live: Domain,
): Promise<LaunchedContainer> {
  const { clock, log } = driver.parts;
  return withUndo(log, (undo) =>
    withDeadline(clock, { what: 'starting the container', timeoutMs: START_MS, signal }, (inner) =>
      launch(driver, inner, live, undo),
    ),
  );
}

async function launch(
  driver: LxcDriver,
  signal: AbortSignal,
  live: Domain,
  undo: Undo,
): Promise<LaunchedContainer> {
  const { parts } = driver;
  refuseForeignDevices(live);
  const plan = await makePlan(driver, live).catch((error: unknown) => {
    throw whileMaking(error);
  });
  const paths = containerPaths(parts.paths, live.name);
  await parts.files.ensureDirectory(plan.rootDirectory, { mode: 0o755 });
  undo.add(
    'remove the directory of its root',
    async () => void (await parts.files.removeTree(plan.rootDirectory)),
  );
  await writeLog(driver, live);
  const { supervisor, handshake } = await spawnSupervisor(driver, live, plan, undo);
  const group = groupOf(driver, live, supervisor.pid);
  undo.add('remove its control group', () => endGroup(driver, group));
  undo.add('end its supervisor', () => endSupervisor(supervisor));
  undo.add('close the handshake', () => handshake.close());
  await enterGroup(live, group, supervisor);
  handshake.goOn();
  const made = await expectMessage(handshake, 'P', signal);
  const [initPid = '', ...terminals] = made.split(' ');
  const init = parts.processes.watch(Number(initPid));
  if (init === undefined) throw failed(await lastError(handshake, signal));
  await applyLimits(driver, group, live, plan.devices);
  const connected = await connectInterfaces(driver, live, init.pid, plan.hasOwnNetwork, undo, signal);
  handshake.goOn();
  await expectMessage(handshake, 'R', signal);
  const channel = await parts.sockets.connect(paths.socket, signal);
  const link = new SupervisorLink(channel);
  undo.add('leave its supervisor', () => link.close());
  await parts.files.replace(paths.pidFile, String(supervisor.pid), { mode: 0o644 });
  undo.add('remove the pid file', async () => void (await parts.files.remove(paths.pidFile)));
  await refuseEarlyEnd(parts, init, handshake, signal);
  handshake.close();
  const runtime = { supervisor, link, init, cgroup: group, ending: undefined, finishing: undefined };
  return { runtime, live: withConsolePaths(connected, terminals) };
}

/** What the supervisor would find out is told as if it had. */
function whileMaking(error: unknown): unknown {
  return error instanceof VirError && !error.is('NO_DOMAIN') ? failed(error.message) : error;
}

/** @throws VirError for what libvirt's containers cannot have */
function refuseForeignDevices({ devices }: Domain): void {
  if (devices.consoles.some((it) => it.type !== 'pty')) {
    throw VirError.of('CONFIG_UNSUPPORTED', 'Only PTY console types are supported');
  }
  const foreign = devices.hostdevs.find((it) => it.mode === 'subsystem');
  if (foreign !== undefined) {
    throw VirError.of('CONFIG_UNSUPPORTED', `Unsupported hostdev type ${foreign.type}`);
  }
}

async function makePlan(driver: LxcDriver, live: Domain): Promise<ContainerPlan> {
  const { parts } = driver;
  return planContainer(live, {
    rootDirectory: containerPaths(parts.paths, live.name).root,
    hostDevices: await findHostDevices(parts.files, live),
    cgroupMounts: groupOf(driver, live, 0).mounts,
    cgroupPath: groupPath(live),
    findInit(name) {
      const other = driver.domains.findByName(name)?.runtime;
      if (other !== undefined) return other.init.pid;
      throw VirError.of('NO_DOMAIN', `No domain with matching name '${name}'`);
    },
  });
}

async function writeLog({ parts }: LxcDriver, live: Domain): Promise<void> {
  const words = [...initEnvironment(live), live.os.init ?? '', ...live.os.initargs.map((it) => it.value)];
  const text = `${logTimestamp(parts.clock.now())}: starting up\n${words.join(' ')}\n`;
  await parts.guestLogs.write(live.name, text);
}

interface Supervisor {
  readonly supervisor: Process;
  readonly handshake: StartHandshake;
}

async function spawnSupervisor(
  { parts }: LxcDriver,
  live: Domain,
  plan: ContainerPlan,
  undo: Undo,
): Promise<Supervisor> {
  const { descriptors, sockets, guestLogs, files } = parts;
  const { socket } = containerPaths(parts.paths, live.name);
  const opened: number[] = [];
  const keep = (descriptor: number): number => {
    opened.push(descriptor);
    return descriptor;
  };
  try {
    await files.remove(socket);
    const log = keep(await guestLogs.open(live.name));
    const steps = keep(descriptors.memoryFile('container', encodePlan(plan.steps)));
    const listener = keep(sockets.listen(socket));
    undo.add('remove its socket', async () => void (await files.remove(socket)));
    const { ours, theirs } = sockets.pair();
    keep(theirs);
    const inherited: { [number: number]: number } = { 1: log, 2: log, 3: steps, 4: theirs, 5: listener };
    for (const [index, { path }] of plan.namespaces.entries()) {
      inherited[FIRST_NAMESPACE + index] = keep(await openNamespace(sockets.open, path));
    }
    const supervisor = await parts.processes.spawn({
      file: parts.supervisor,
      argv: ['run', live.name, String(plan.consoleCount)],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
      descriptors: inherited,
    });
    return { supervisor, handshake: new StartHandshake(ours) };
  } finally {
    for (const descriptor of opened) descriptors.close(descriptor);
  }
}

async function openNamespace(open: (path: string) => Promise<number>, path: string): Promise<number> {
  try {
    return await open(path);
  } catch (error) {
    const name = path.startsWith('/run/netns/') ? `netns ${path.slice('/run/netns/'.length)}` : `ns ${path}`;
    throw systemError(error, `failed to open ${name}`);
  }
}

/** A partition that somebody names must be there. */
async function enterGroup(live: Domain, group: Cgroup, { pid }: Process): Promise<void> {
  const isDefault = live.resource?.partition === DEFAULT_PARTITION;
  try {
    await group.create({ above: isDefault });
  } catch (error) {
    throw whileMaking(error);
  }
  await group.add(pid);
}

async function endSupervisor(supervisor: Process): Promise<void> {
  if (supervisor.kill('SIGKILL')) await supervisor.exited;
}

async function expectMessage(handshake: StartHandshake, mark: string, signal: AbortSignal): Promise<string> {
  const message = await handshake.next(signal);
  if (message?.mark === mark) return message.text;
  throw failed(message?.text);
}

async function lastError(handshake: StartHandshake, signal: AbortSignal): Promise<string | undefined> {
  return (await handshake.next(signal))?.text;
}

function failed(text: string | undefined): VirError {
  const reason = text ?? 'the supervisor has ended';
  return VirError.of('INTERNAL_ERROR', `guest failed to start: Failure in libvirt_lxc startup: ${reason}`);
}
