import { closeSync, constants, openSync } from 'node:fs';
import {
  type ByteChannel,
  type Clock,
  type Process,
  type Processes,
  type Terminals,
  withDeadline,
} from '@modvirt/core/ports';
import { virshEnvironment } from './virsh.js';

const VIRSH = '/usr/bin/virsh';
/** What virsh takes as the wish to leave: ^]. */
const LEAVE = Buffer.from([0x1d]);
const LEAVE_MS = 5_000;

export interface ConsolePlan {
  readonly uri: string;
  readonly guest: string;
  /** The console is shown until these words. */
  readonly until: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Called once, when what the guest prints from now on is shown. */
  readonly onConnected: () => Promise<void>;
  readonly show: (text: string) => void;
}

export interface ConsolePorts {
  readonly clock: Clock;
  readonly processes: Processes;
  readonly terminals: Terminals;
}

/**
 * Shows a guest's console, as `virsh console` shows it to a person, until the guest has said the words.
 *
 * @throws Error when the console or the time ends before
 */
export async function showConsole(ports: ConsolePorts, plan: ConsolePlan): Promise<void> {
  const { clock } = ports;
  const { channel, virsh } = await openConsole(ports, plan);
  try {
    const limit = { what: `waiting for '${plan.until}'`, timeoutMs: plan.timeoutMs, signal: plan.signal };
    await withDeadline(clock, limit, (signal) => shownUntil(channel, plan, signal));
    channel.write(LEAVE);
    await withDeadline(clock, { what: 'leaving the console', timeoutMs: LEAVE_MS }, () => virsh.exited);
  } finally {
    virsh.kill('SIGKILL');
    channel.destroy();
  }
}

// virsh insists on a terminal, and there may be none around us: it gets one of its own.
async function openConsole(
  { processes, terminals }: ConsolePorts,
  { uri, guest }: ConsolePlan,
): Promise<{ readonly channel: ByteChannel; readonly virsh: Process }> {
  const { path, channel } = terminals.open();
  const theirs = openSync(path, constants.O_RDWR | constants.O_NOCTTY);
  try {
    const virsh = await processes.spawn({
      file: VIRSH,
      argv: ['-c', uri, 'console', guest, '--force'],
      env: virshEnvironment(),
      descriptors: { 0: theirs, 1: theirs, 2: theirs },
    });
    return { channel, virsh };
  } catch (error) {
    channel.destroy();
    throw error;
  } finally {
    closeSync(theirs);
  }
}

function shownUntil(channel: ByteChannel, plan: ConsolePlan, signal: AbortSignal): Promise<void> {
  const { until, onConnected, show } = plan;
  return new Promise((resolve, reject) => {
    const decoder = new TextDecoder();
    let text = '';
    let isConnected = false;
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    channel.setHandlers({
      onData(bytes) {
        const piece = decoder.decode(bytes, { stream: true });
        text += piece;
        show(piece);
        if (!isConnected && text.includes('Escape character is')) {
          isConnected = true;
          onConnected().catch(reject);
        }
        if (endOfLineWith(text, until)) resolve();
      },
      onClose: () => reject(new Error(`the console ended before the guest said '${until}'`)),
    });
  });
}

/** Whether the line with these words is complete: what is shown should not end within it. */
function endOfLineWith(text: string, words: string): boolean {
  const at = text.indexOf(words);
  return at >= 0 && text.indexOf('\n', at) >= 0;
}
