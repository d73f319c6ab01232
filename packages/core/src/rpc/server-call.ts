import type { Call, CallStream } from '../driver/call.js';
import { VirError } from '../errors/vir-error.js';
import type { Timer } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import { FlowStream, type FlowStreamOptions } from './flow-stream.js';
import type { ServerSession } from './server-session.js';

export interface ServerCallOptions {
  readonly id: number;
  readonly name: string;
  readonly session: ServerSession;
  readonly descriptors: readonly number[];
  readonly streams: boolean;
  readonly log: Logger;
  readonly link: CallLink;
}

/** What a call needs of the link it came by. */
export interface CallLink {
  openStream(id: number): FlowStreamOptions;
  addStream(id: number, stream: FlowStream): void;
}

export class ServerCall implements Call {
  readonly id: number;
  readonly name: string;
  readonly session: ServerSession;
  readonly descriptors: readonly number[];
  readonly replyDescriptors: number[] = [];
  stream: FlowStream | undefined;
  /** The deadline that came with it. */
  timer: Timer | undefined;
  readonly #options: ServerCallOptions;
  #controller: AbortController | undefined;
  #aborted: VirError | undefined;
  #log: Logger | undefined;

  constructor(options: ServerCallOptions) {
    this.id = options.id;
    this.name = options.name;
    this.session = options.session;
    this.descriptors = options.descriptors;
    this.#options = options;
  }

  // Most handlers answer at once and never look at it.
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted);
    }
    return this.#controller.signal;
  }

  get log(): Logger {
    this.#log ??= this.#options.log.child({ procedure: this.name, session: this.session.id, call: this.id });
    return this.#log;
  }

  /** Why it is over before its handler has answered. */
  get endedEarly(): VirError | undefined {
    return this.#aborted;
  }

  sendDescriptors(descriptors: readonly number[]): void {
    this.replyDescriptors.push(...descriptors);
  }

  openStream(): CallStream {
    if (!this.#options.streams) throw new Error(`${this.name} has no stream`);
    if (this.stream !== undefined) throw new Error(`${this.name} opened its stream already`);
    const { link } = this.#options;
    this.stream = new FlowStream(link.openStream(this.id));
    link.addStream(this.id, this.stream);
    if (this.#aborted !== undefined) this.stream.fail(this.#aborted);
    return this.stream;
  }

  abort(reason: VirError): void {
    if (this.#aborted !== undefined) return;
    this.#aborted = reason;
    this.#controller?.abort(reason);
    this.stream?.fail(reason);
  }
}

export const callEnded = {
  cancelled: (): VirError => VirError.of('OPERATION_ABORTED', 'cancelled by the caller'),
  deadline: (): VirError => VirError.of('OPERATION_TIMEOUT', 'deadline of the call has passed'),
  sessionClosed: (): VirError => VirError.of('OPERATION_ABORTED', 'the client has gone'),
  stopping: (): VirError => VirError.of('OPERATION_ABORTED', 'the daemon is stopping'),
} as const;
