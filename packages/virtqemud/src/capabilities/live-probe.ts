import { mkdtemp, rm } from 'node:fs/promises';
import { VirError } from '@modvirt/core/errors';
import type { ByteChannel, Clock, Descriptors, Logger, Owner, Processes, UserIds } from '@modvirt/core/ports';
import { startDeadline } from '@modvirt/core/ports';
import { MonitorError } from '../monitor/monitor.js';
import { QmpLink } from '../monitor/qmp-link.js';
import { type Conversation, type Converse, probeEmulator } from './probe.js';
import type { ProbeResult } from './probe-result.js';

export interface LiveProbeParts {
  readonly libDirectory: string;
  readonly processes: Processes;
  readonly descriptors: Descriptors;
  readonly clock: Clock;
  readonly log: Logger;
  readonly user: UserIds | undefined;
  listen(path: string, owner: Owner | undefined): number;
  connect(path: string, signal: AbortSignal): Promise<ByteChannel>;
  /** A file whose end can be read: what the emulator says when it fails. */
  openLog(path: string): Promise<number>;
  readLog(path: string): Promise<string>;
}

const PROBE_MS = 30_000;
const MONITOR_NUMBER = 3;

/** Asks an emulator that is started without a machine and ended again. Leaves nothing behind. */
export async function probeLive(
  parts: LiveProbeParts,
  emulator: string,
  offered: 'kvm' | 'tcg',
  signal: AbortSignal,
): Promise<ProbeResult> {
  const directory = await mkdtemp(`${parts.libDirectory}/qmp-`);
  const deadline = startDeadline(parts.clock, `asking ${emulator}`, PROBE_MS, signal);
  const converse: Converse = (accelerators, run) =>
    withEmulator(parts, { emulator, accelerators, directory }, run, deadline.signal);
  try {
    return await probeEmulator(converse, offered);
  } finally {
    deadline.cancel();
    await rm(directory, { recursive: true, force: true });
  }
}

interface Probe {
  readonly emulator: string;
  readonly accelerators: string;
  readonly directory: string;
}

async function withEmulator<T>(
  parts: LiveProbeParts,
  probe: Probe,
  run: (conversation: Conversation) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const { emulator, accelerators, directory } = probe;
  const path = `${directory}/qmp.monitor`;
  const logPath = `${directory}/stderr`;
  await rm(path, { force: true });
  const [listening, log] = [parts.listen(path, undefined), await parts.openLog(logPath)];
  let process: Awaited<ReturnType<Processes['spawn']>>;
  try {
    process = await parts.processes.spawn({
      file: emulator,
      argv: probeArguments(accelerators),
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', HOME: directory },
      descriptors: { 1: log, 2: log, [MONITOR_NUMBER]: listening },
      ...(parts.user === undefined ? {} : { user: parts.user }),
    });
  } finally {
    parts.descriptors.close(listening);
    parts.descriptors.close(log);
  }
  try {
    return await overMonitor(parts, path, run, signal);
  } catch (error) {
    // What it said is complete when it has ended.
    process.kill('SIGKILL');
    await process.exited;
    throw await probeFailure(parts, probe, error);
  } finally {
    process.kill('SIGKILL');
    await process.exited;
  }
}

async function overMonitor<T>(
  parts: LiveProbeParts,
  path: string,
  run: (conversation: Conversation) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const link = new QmpLink(await parts.connect(path, signal), parts.clock, parts.log);
  try {
    await link.open(PROBE_MS, signal);
    // Many questions are on their way at once: the deadline ends the link, and with it all of them.
    signal.addEventListener('abort', () => link.close(), { once: true });
    return await run({ ask: (command, args) => answerOf(link, command, args) });
  } finally {
    link.close();
  }
}

function probeArguments(accelerators: string): string[] {
  return [
    '-S',
    '-no-user-config',
    '-nodefaults',
    '-nographic',
    '-machine',
    `none,accel=${accelerators}`,
    '-chardev',
    `socket,id=monitor,fd=${MONITOR_NUMBER},server=on,wait=off`,
    '-mon',
    'chardev=monitor,mode=control',
  ];
}

// A refusal is an answer too: this emulator does not know the command.
async function answerOf(
  link: QmpLink,
  command: string,
  args: Readonly<Record<string, unknown>> | undefined,
): Promise<unknown> {
  try {
    return await link.execute(command, args);
  } catch (error) {
    if (error instanceof MonitorError) return undefined;
    throw error;
  }
}

async function probeFailure(parts: LiveProbeParts, probe: Probe, error: unknown): Promise<unknown> {
  const said = (await parts.readLog(`${probe.directory}/stderr`)).trim();
  const reason = said === '' ? 'it ended without an answer' : said;
  const detail = `Failed to start QEMU binary ${probe.emulator} for probing: ${reason}`;
  return VirError.of('INTERNAL_ERROR', detail, { domain: 'QEMU', cause: error });
}
