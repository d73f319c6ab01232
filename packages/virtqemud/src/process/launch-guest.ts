import { systemError, VirError } from '@modvirt/core/errors';
import { type Undo, withUndo } from '@modvirt/core/jobs';
import type { ExitStatus, Owner, Process, SpawnPlan, UserIds } from '@modvirt/core/ports';
import type { Monitor } from '../monitor/monitor.js';
import type {
  LaunchPlan,
  PlannedDescriptor,
  PlannedDirectory,
  PlannedFile,
  PlannedOwner,
} from '../plan/launch-plan.js';
import { type LaunchLogContext, launchLogEntry } from './launch-log.js';
import type { StartPorts } from './start-ports.js';

export interface StartOptions {
  readonly name: string;
  /** Whom the guest runs as; undefined: as ourselves. */
  readonly user: UserIds | undefined;
  readonly logContext: LaunchLogContext;
  readonly limits: NonNullable<SpawnPlan['limits']>;
  readonly monitorTimeoutMs: number;
  /** Queues of its network devices, by the interfaces' aliases. They stay the caller's. */
  readonly taps: ReadonlyMap<string, readonly number[]>;
}

export interface StartedGuest {
  readonly process: Process;
  readonly monitor: Monitor;
  /** Where in the guest's log this start begins. */
  readonly logOffset: number;
}

/** What a failed start leaves to undo stays with the caller, for whatever it does after us. */
export type StartUndo = Undo;

/**
 * Carries out `plan` up to a monitor that answers; the guest's processors stand still. On failure the host is as it was
 * before, and the error holds what QEMU said.
 */
export function launchGuest(
  signal: AbortSignal,
  plan: LaunchPlan,
  options: StartOptions,
  ports: StartPorts,
): Promise<StartedGuest> {
  return withUndo(ports.log, async (undo) => {
    await prepareFiles(plan, options, ports, undo);
    const logOffset = await ports.guestLogs.write(
      options.name,
      launchLogEntry(plan, options.logContext, ports.clock.now()),
    );
    const process = await spawnGuest(plan, options, ports, undo);
    undo.add(`end process ${process.pid}`, () => killAndWait(process));
    await ports.files.replace(plan.pidFilePath, String(process.pid), { mode: 0o644 });
    undo.add('remove the pid file', async () => void (await ports.files.remove(plan.pidFilePath)));
    const monitor = await reachMonitor(signal, plan, { process, logOffset }, options, ports);
    return { process, monitor, logOffset };
  });
}

async function killAndWait(process: Process): Promise<void> {
  if (process.kill('SIGKILL')) await process.exited;
}

function ownerOf(who: PlannedOwner, options: StartOptions): Owner | undefined {
  return who === 'guest' ? options.user : undefined;
}

async function prepareFiles(
  plan: LaunchPlan,
  options: StartOptions,
  ports: StartPorts,
  undo: Undo,
): Promise<void> {
  for (const { path, mode, owner } of [...plan.directories, ...channelDirectory(plan)]) {
    const existed = (await ports.files.info(path)) !== undefined;
    const user = ownerOf(owner, options);
    await ports.files.ensureDirectory(path, { mode, ...(user === undefined ? {} : { owner: user }) });
    if (!existed) undo.add(`remove ${path}`, async () => void (await ports.files.removeTree(path)));
  }
  for (const { path, mode, owner, content } of plan.files) {
    const user = ownerOf(owner, options);
    const bytes = contentOf(content, ports);
    await ports.files.replace(path, bytes, { mode, ...(user === undefined ? {} : { owner: user }) });
    undo.add(`remove ${path}`, async () => void (await ports.files.remove(path)));
  }
}

function contentOf(content: PlannedFile['content'], ports: StartPorts): string | Uint8Array {
  switch (content.type) {
    case 'text':
      return content.text;
    case 'random':
      return ports.randomBytes(content.bytes);
    case 'key':
      return content.value;
  }
}

/** The channels' own directory, for a guest that has a channel of ours. */
function channelDirectory(plan: LaunchPlan): readonly PlannedDirectory[] {
  const path = plan.channelDirectory;
  const isUsed = plan.descriptors.some((it) => it.type === 'listen' && it.path.startsWith(`${path}/`));
  return isUsed ? [{ path, mode: 0o750, owner: 'guest' }] : [];
}

async function spawnGuest(
  plan: LaunchPlan,
  options: StartOptions,
  ports: StartPorts,
  undo: Undo,
): Promise<Process> {
  const opened: number[] = [];
  try {
    const log = await ports.guestLogs.open(options.name);
    opened.push(log);
    const inherited: { [number: number]: number } = { 1: log, 2: log };
    for (const planned of plan.descriptors) {
      if (planned.type === 'tap') {
        inherited[planned.number] = tapQueue(planned, options);
        continue;
      }
      const descriptor = await openPlanned(planned, options, ports, undo);
      opened.push(descriptor);
      inherited[planned.number] = descriptor;
    }
    return await ports.processes.spawn({
      file: plan.emulator,
      argv: plan.argv,
      env: plan.env,
      descriptors: inherited,
      limits: options.limits,
      umask: 0o002,
      ...(options.user === undefined ? {} : { user: options.user }),
    });
  } catch (error) {
    throw spawnFailure(error, plan.emulator);
  } finally {
    for (const descriptor of opened) ports.descriptors.close(descriptor);
  }
}

function tapQueue(planned: Extract<PlannedDescriptor, { type: 'tap' }>, { taps }: StartOptions): number {
  const descriptor = taps.get(planned.interface)?.[planned.queue];
  if (descriptor !== undefined) return descriptor;
  throw new Error(`interface ${planned.interface} has no queue ${planned.queue}`);
}

async function openPlanned(
  planned: Exclude<PlannedDescriptor, { type: 'tap' }>,
  options: StartOptions,
  ports: StartPorts,
  undo: Undo,
): Promise<number> {
  switch (planned.type) {
    case 'listen':
      undo.add(`remove ${planned.path}`, async () => void (await ports.files.remove(planned.path)));
      return ports.sockets.listen(planned.path, ownerOf(planned.owner, options));
    case 'append':
      return openLog(planned.path, ports);
    case 'open':
      return openDevice(planned.path, ports);
    case 'helper':
      throw VirError.of(
        'CONFIG_UNSUPPORTED',
        `a guest with a descriptor of type '${planned.type}' cannot be started yet`,
      );
    case 'associated':
      throw VirError.of('CONFIG_UNSUPPORTED', `descriptors of group '${planned.name}' were not handed in`);
  }
}

function openDevice(path: string, ports: StartPorts): number {
  try {
    return ports.links.openDevice(path);
  } catch (error) {
    throw systemError(error, `Unable to open ${path}`);
  }
}

async function openLog(path: string, ports: StartPorts): Promise<number> {
  try {
    return await ports.files.openToAppend(path, { mode: 0o600 });
  } catch (error) {
    throw systemError(error, `Unable to open file: ${path}`);
  }
}

function spawnFailure(error: unknown, emulator: string): unknown {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT' && 'path' in error;
  if (!isMissing) return error;
  return VirError.of('INTERNAL_ERROR', `cannot execute ${emulator}: No such file or directory`, {
    cause: error,
  });
}

/** Waits for the monitor, or for the end of QEMU, whichever comes first. */
async function reachMonitor(
  signal: AbortSignal,
  plan: LaunchPlan,
  guest: { readonly process: Process; readonly logOffset: number },
  options: StartOptions,
  ports: StartPorts,
): Promise<Monitor> {
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const ended = guest.process.exited.then((status) => {
    controller.abort(new GuestEndedError(status));
    throw new GuestEndedError(status);
  });
  try {
    const monitor = ports.connectMonitor(plan.monitorPath, options.monitorTimeoutMs, controller.signal);
    return await Promise.race([monitor, ended]);
  } catch (error) {
    signal.throwIfAborted();
    throw await earlyEnd(error, guest, options, ports);
  } finally {
    signal.removeEventListener('abort', onAbort);
    ended.catch(() => undefined); // It ends some day; by then others watch it.
  }
}

class GuestEndedError extends Error {
  readonly status: ExitStatus;

  constructor(status: ExitStatus) {
    super('QEMU ended');
    this.status = status;
  }
}

/** How long QEMU may take to end after it closed its monitor, before what it said is read. */
const LAST_WORDS_MS = 2000;

async function earlyEnd(
  error: unknown,
  guest: { readonly process: Process; readonly logOffset: number },
  options: StartOptions,
  ports: StartPorts,
): Promise<unknown> {
  const late = new Promise<'late'>((resolve) => {
    ports.clock.setTimer(LAST_WORDS_MS, () => resolve('late'), { holds: false });
  });
  const end = await Promise.race([guest.process.exited, late]);
  if (end === 'late') return error;
  const written = await ports.guestLogs.readFrom(options.name, guest.logOffset);
  const said = lastWords(written);
  const text = `process exited while connecting to monitor${said === '' ? '' : `: ${said}`}`;
  return VirError.of('INTERNAL_ERROR', text, { domain: 'QEMU', cause: error });
}

/** What follows our own entry in the log of a start: QEMU's lines only. */
export function lastWords(written: string): string {
  const lines = written.split('\n');
  const lastOfCommand = lines.findLastIndex((line) => line.endsWith(' \\'));
  return lines
    .slice(lastOfCommand + 2)
    .filter((line) => !line.startsWith('char device redirected'))
    .join('\n')
    .trim();
}
