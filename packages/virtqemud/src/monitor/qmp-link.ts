import { VirError } from '@modvirt/core/errors';
import type { ByteChannel, Clock, Logger, Timer } from '@modvirt/core/ports';
import { LineReader } from '@modvirt/core/wire';
import { type Json, jsonObject } from './json-object.js';
import { type Monitor, MonitorError, type MonitorEvent, type MonitorHandlers } from './monitor.js';

/** The longest line that QEMU may send: a full `query-qmp-schema` is half a megabyte. */
const LINE_MAX = 64 * 1024 * 1024;
/** How long an answer may take before the monitor counts as hung. */
const ANSWER_MS = 120_000;

interface Pending {
  readonly command: string;
  /** What it returned, or its whole answer. */
  readonly wants: 'value' | 'text';
  readonly timer: Timer;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** QEMU's machine protocol over one channel (docs/interop/qmp-spec): greeting, commands by id, events. */
export class QmpLink implements Monitor {
  readonly ended: Promise<void>;
  #tellEnded: () => void = () => undefined;
  readonly #channel: ByteChannel;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #duplicate: (descriptor: number) => number;
  readonly #pending = new Map<string, Pending>();
  readonly #lines = new LineReader();
  #lastId = 0;
  #handlers: MonitorHandlers | undefined;
  #early: MonitorEvent[] = [];
  #ended: { readonly error: Error | undefined } | undefined;
  #greeting: { resolve(greeting: Json): void; reject(error: Error): void } | undefined;

  /** @param duplicate makes a second descriptor of what is passed on; without it nothing can be */
  constructor(channel: ByteChannel, clock: Clock, log: Logger, duplicate = cannotDuplicate) {
    this.#channel = channel;
    this.#clock = clock;
    this.#log = log;
    this.#duplicate = duplicate;
    this.ended = new Promise((resolve) => {
      this.#tellEnded = resolve;
    });
  }

  /**
   * Waits for the greeting and ends the negotiation; commands are taken from then on.
   *
   * @returns the greeting's `QMP` object
   */
  async open(timeoutMs: number, signal?: AbortSignal): Promise<Json> {
    const greeting = new Promise<Json>((resolve, reject) => {
      this.#greeting = { resolve, reject };
    });
    const timer = this.#clock.setTimer(timeoutMs, () => this.#end(new Error('QEMU did not greet in time')));
    const onAbort = () => this.#end(asError(signal?.reason));
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#channel.setHandlers({
      onData: (bytes) => this.#receive(bytes),
      onClose: (error) => this.#end(error),
    });
    try {
      const { QMP } = await greeting;
      await this.execute('qmp_capabilities', undefined, signal);
      return (QMP ?? {}) as Json;
    } finally {
      timer.cancel();
      signal?.removeEventListener('abort', onAbort);
    }
  }

  execute(command: string, args?: Json, signal?: AbortSignal): Promise<unknown> {
    const message = args === undefined ? { execute: command } : { execute: command, arguments: args };
    return this.#send(message, command, 'value', signal);
  }

  #send(
    message: Json,
    command: string,
    wants: Pending['wants'],
    signal: AbortSignal | undefined,
    descriptors: readonly number[] = [],
  ): Promise<unknown> {
    if (this.#ended) return Promise.reject(this.#gone());
    if (signal?.aborted) return Promise.reject(asError(signal.reason));
    this.#lastId += 1;
    const id = `libvirt-${this.#lastId}`;
    const answer = this.#await(id, { command, wants }, signal);
    const line = JSON.stringify({ ...message, id }, (_key, value: unknown) =>
      typeof value === 'bigint' ? Number(value) : value,
    );
    this.#log.debug('monitor command', { command, id });
    const bytes = new TextEncoder().encode(`${line}\r\n`);
    if (descriptors.length === 0) this.#channel.write(bytes);
    else this.#channel.write(bytes, descriptors);
    return answer;
  }

  async passDescriptor(name: string, descriptor: number, signal?: AbortSignal): Promise<void> {
    // The channel closes what it has sent.
    const copy = this.#duplicate(descriptor);
    const message = { execute: 'getfd', arguments: { fdname: name } };
    await this.#send(message, 'getfd', 'value', signal, [copy]);
  }

  exchange(command: Json, signal?: AbortSignal): Promise<string> {
    return this.#send(command, String(command.execute), 'text', signal) as Promise<string>;
  }

  setHandlers(handlers: MonitorHandlers): void {
    this.#handlers = handlers;
    const early = this.#early;
    this.#early = [];
    for (const event of early) handlers.onEvent(event);
    if (this.#ended) handlers.onEnd(this.#ended.error);
  }

  close(): void {
    this.#handlers = undefined;
    this.#end(undefined);
  }

  #await(
    id: string,
    { command, wants }: Pick<Pending, 'command' | 'wants'>,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const onAbort = () => settle(() => reject(asError(signal?.reason)));
      const timer = this.#clock.setTimer(ANSWER_MS, () => {
        settle(() => reject(VirError.of('OPERATION_TIMEOUT', `QEMU did not answer '${command}'`)));
      });
      const settle = (then: () => void) => {
        timer.cancel();
        signal?.removeEventListener('abort', onAbort);
        this.#pending.delete(id);
        then();
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#pending.set(id, {
        command,
        wants,
        timer,
        resolve: (value) => settle(() => resolve(value)),
        reject: (error) => settle(() => reject(error)),
      });
    });
  }

  #receive(bytes: Uint8Array): void {
    this.#lines.feed(bytes, (line) => this.#line(line));
    if (this.#lines.pendingBytes > LINE_MAX) this.#end(new Error('QEMU sent a line without end'));
  }

  #line(text: string): void {
    if (text.trim() === '') return;
    const message = jsonObject(text);
    if (message === undefined) {
      this.#end(new Error(`QEMU sent what is no JSON object: ${text.slice(0, 80)}`));
      return;
    }
    if (typeof message.event === 'string') this.#event(message.event, message);
    else if (message.QMP !== undefined) this.#greeting?.resolve(message);
    else this.#answer(message, text);
  }

  #event(name: string, message: Json): void {
    const timestamp = (message.timestamp ?? {}) as { seconds?: number; microseconds?: number };
    const event: MonitorEvent = {
      name,
      data: (message.data ?? {}) as Json,
      seconds: timestamp.seconds ?? 0,
      microseconds: timestamp.microseconds ?? 0,
    };
    this.#log.debug('monitor event', { name });
    if (this.#handlers) this.#handlers.onEvent(event);
    else this.#early.push(event);
  }

  #answer(message: Json, text: string): void {
    const pending = this.#pending.get(String(message.id));
    if (pending === undefined) return;
    if (pending.wants === 'text') {
      pending.resolve(text);
      return;
    }
    if (message.error === undefined) {
      pending.resolve(message.return);
      return;
    }
    const error = (message.error ?? {}) as { class?: string; desc?: string };
    pending.reject(
      new MonitorError(pending.command, error.class ?? 'GenericError', error.desc ?? 'unknown error'),
    );
  }

  #end(error: Error | undefined): void {
    if (this.#ended) return;
    this.#ended = { error };
    this.#channel.destroy();
    this.#greeting?.reject(error ?? this.#gone());
    for (const pending of [...this.#pending.values()]) pending.reject(this.#gone());
    this.#handlers?.onEnd(error);
    this.#tellEnded();
  }

  #gone(): VirError {
    return VirError.of('INTERNAL_ERROR', 'End of file from qemu monitor');
  }
}

function cannotDuplicate(descriptor: number): number {
  throw new Error(`descriptor ${descriptor} cannot be passed over this link`);
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

/** libvirt's error for a command that QEMU refused. */
export function monitorFailure(error: unknown): unknown {
  if (!(error instanceof MonitorError)) return error;
  return VirError.of(
    'INTERNAL_ERROR',
    `unable to execute QEMU command '${error.command}': ${error.message}`,
    { domain: 'QEMU', cause: error },
  );
}
