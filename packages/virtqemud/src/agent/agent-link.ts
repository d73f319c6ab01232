import { VirError } from '@modvirt/core/errors';
import { type ByteChannel, type Clock, startDeadline } from '@modvirt/core/ports';
import { LineReader } from '@modvirt/core/wire';
import { type Json, jsonObject } from '../monitor/json-object.js';

/** The longest answer that an agent may send; it is the guest that chooses. */
const ANSWER_MAX = 10 * 1024 * 1024;
/** No JSON holds it: both sides forget what came before. */
const RESTART = 0xff;

/** The agent refused a command: class and text are its own. */
export class AgentError extends Error {
  readonly command: string;
  readonly errorClass: string;

  constructor(command: string, errorClass: string, description: string) {
    super(description);
    this.name = 'AgentError';
    this.command = command;
    this.errorClass = errorClass;
  }
}

interface Waiting {
  /** Whether it is the answer; others are left from earlier, and nobody waits for them. */
  accepts(message: Json): boolean;
  resolve(message: Json): void;
  reject(error: Error): void;
}

/** One connection with a guest's agent (docs/interop/qemu-ga-ref): one command at a time, after both sides agree where they are. */
export class AgentLink {
  readonly #channel: ByteChannel;
  readonly #clock: Clock;
  readonly #lines = new LineReader();
  #waiting: Waiting | undefined;
  #isOpen = true;
  #lastSync = 0;

  constructor(channel: ByteChannel, clock: Clock) {
    this.#channel = channel;
    this.#clock = clock;
    channel.setHandlers({
      onData: (bytes) => this.#receive(bytes),
      onClose: () => this.#end(),
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /**
   * Before every command: an agent that hangs is found out in seconds, and an answer that somebody no longer waited for is not
   * taken for that of the next command.
   *
   * @throws VirError AGENT_UNRESPONSIVE
   */
  async synchronise(timeoutMs: number, signal: AbortSignal): Promise<void> {
    this.#lastSync += 1;
    const id = this.#lastSync;
    const request = JSON.stringify({ execute: 'guest-sync-delimited', arguments: { id } });
    const late = notAvailable();
    await this.#exchange([RESTART], request, (message) => message.return === id, { timeoutMs, late, signal });
  }

  /**
   * @param text a command as JSON
   * @throws VirError AGENT_COMMAND_TIMEOUT, AGENT_UNRESPONSIVE
   */
  execute(text: string, timeoutMs: number, signal: AbortSignal): Promise<Json> {
    const seconds = Math.round(timeoutMs / 1000);
    const late = VirError.of(
      'AGENT_COMMAND_TIMEOUT',
      `guest agent didn't respond to command within '${seconds}' seconds`,
    );
    return this.#exchange([], text, () => true, { timeoutMs, late, signal });
  }

  close(): void {
    this.#channel.destroy();
    this.#end();
  }

  async #exchange(
    prefix: readonly number[],
    text: string,
    accepts: Waiting['accepts'],
    limit: { readonly timeoutMs: number; readonly late: VirError; readonly signal: AbortSignal },
  ): Promise<Json> {
    if (!this.#isOpen) throw notConnected();
    if (this.#waiting !== undefined) throw new Error('the agent is asked one thing at a time');
    const deadline = startDeadline(this.#clock, 'guest agent', limit.timeoutMs, limit.signal);
    try {
      return await new Promise<Json>((resolve, reject) => {
        const onLate = (): void => reject(limit.signal.aborted ? asError(limit.signal.reason) : limit.late);
        deadline.signal.addEventListener('abort', onLate, { once: true });
        if (deadline.signal.aborted) onLate();
        this.#waiting = { accepts, resolve, reject };
        this.#channel.write(Uint8Array.from([...prefix, ...new TextEncoder().encode(`${text}\n`)]));
      });
    } finally {
      deadline.cancel();
      this.#waiting = undefined;
    }
  }

  #receive(bytes: Uint8Array): void {
    const restart = bytes.lastIndexOf(RESTART);
    if (restart >= 0) this.#lines.clear();
    this.#lines.feed(bytes.subarray(restart + 1), (line) => this.#line(line));
    if (this.#lines.pendingBytes > ANSWER_MAX) this.close();
  }

  /** The guest may write what it wants; what is no answer is none. */
  #line(text: string): void {
    const message = jsonObject(text);
    if (message === undefined || this.#waiting?.accepts(message) !== true) return;
    this.#waiting.resolve(message);
  }

  #end(): void {
    this.#isOpen = false;
    this.#waiting?.reject(notConnected());
  }
}

export function notAvailable(): VirError {
  return VirError.of('AGENT_UNRESPONSIVE', 'Guest agent not available for now');
}

export function notConnected(): VirError {
  return VirError.of('AGENT_UNRESPONSIVE', 'QEMU guest agent is not connected');
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
