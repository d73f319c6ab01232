import type { CallStream, StreamItem } from '../driver/call.js';
import { VirError } from '../errors/vir-error.js';
import { errorToWire, type Frame } from './frames.js';
import { STREAM_CHUNK_BYTES, STREAM_HOLE_COST, STREAM_WINDOW_BYTES } from './limits.js';
import { ProtocolError } from './protocol-error.js';

interface Outgoing {
  item: StreamItem;
  sent(): void;
  failed(error: VirError): void;
}

interface Reader {
  resolve(item: StreamItem | undefined): void;
  reject(error: VirError): void;
}

export interface FlowStreamOptions {
  readonly id: number;
  /** The side that answers holds its data back until the reply is out. */
  readonly started: boolean;
  send(frame: Frame): void;
  sendData(id: number, bytes: Uint8Array): void;
  /** The stream is over on both sides. */
  onEnd(): void;
}

const costOf = (item: StreamItem): number => (item.type === 'data' ? item.bytes.length : STREAM_HOLE_COST);

/** One end of a stream. Sends no more than the peer has made room for, and makes room as its own reader takes. */
export class FlowStream implements CallStream {
  readonly #options: FlowStreamOptions;
  readonly #controller = new AbortController();
  readonly #incoming: StreamItem[] = [];
  readonly #readers: Reader[] = [];
  readonly #outgoing: Outgoing[] = [];
  #started: boolean;
  #error: VirError | undefined;
  #credit = STREAM_WINDOW_BYTES;
  #unreadCost = 0;
  #takenCost = 0;
  #finishing = false;
  #finishSent = false;
  #peerFinished = false;

  constructor(options: FlowStreamOptions) {
    this.#options = options;
    this.#started = options.started;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  read(): Promise<StreamItem | undefined> {
    if (this.#error !== undefined) return Promise.reject(this.#error);
    const item = this.#incoming.shift();
    if (item !== undefined) {
      this.#taken(item);
      return Promise.resolve(item);
    }
    if (this.#peerFinished) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
  }

  write(bytes: Uint8Array): Promise<void> {
    return bytes.length === 0 ? Promise.resolve() : this.#enqueue({ type: 'data', bytes });
  }

  writeHole(length: bigint): Promise<void> {
    return this.#enqueue({ type: 'hole', length });
  }

  finish(): void {
    if (this.#error !== undefined || this.#finishing) return;
    this.#finishing = true;
    this.#pump();
  }

  abort(error: VirError): void {
    if (this.#isOver) return;
    if (this.#started) {
      this.#options.send({ type: 'abort', id: this.#options.id, error: errorToWire(error.fields) });
    }
    this.fail(error);
  }

  /** The reply is out: what was written may follow. */
  start(): void {
    this.#started = true;
    this.#pump();
  }

  /** The peer broke the stream, or the link or the call is gone. */
  fail(error: VirError): void {
    if (this.#isOver) return;
    this.#error = error;
    this.#incoming.length = 0;
    for (const reader of this.#readers.splice(0)) reader.reject(error);
    for (const piece of this.#outgoing.splice(0)) piece.failed(error);
    this.#over(error);
  }

  /** @throws ProtocolError when the peer sends more than it may */
  receive(item: StreamItem): void {
    if (this.#isOver) return;
    if (this.#peerFinished) throw new ProtocolError('stream data after its end');
    const reader = this.#readers.shift();
    this.#unreadCost += costOf(item);
    if (this.#unreadCost > STREAM_WINDOW_BYTES) throw new ProtocolError('stream data beyond its window');
    if (reader === undefined) {
      this.#incoming.push(item);
      return;
    }
    this.#taken(item);
    reader.resolve(item);
  }

  receiveFinish(): void {
    if (this.#isOver) return;
    this.#peerFinished = true;
    for (const reader of this.#readers.splice(0)) reader.resolve(undefined);
    this.#endWhenBothFinished();
  }

  receiveCredit(amount: number): void {
    this.#credit += amount;
    if (this.#credit > STREAM_WINDOW_BYTES) throw new ProtocolError('credit for what was not sent');
    this.#pump();
  }

  get #isOver(): boolean {
    return this.#controller.signal.aborted;
  }

  #enqueue(item: StreamItem): Promise<void> {
    if (this.#error !== undefined) return Promise.reject(this.#error);
    if (this.#finishing) return Promise.reject(VirError.of('INVALID_STREAM', 'stream is finished'));
    return new Promise((sent, failed) => {
      this.#outgoing.push({ item, sent, failed });
      this.#pump();
    });
  }

  #pump(): void {
    if (!this.#started || this.#isOver) return;
    for (let piece = this.#outgoing[0]; piece !== undefined; piece = this.#outgoing[0]) {
      if (!this.#sendPart(piece)) return;
    }
    if (!this.#finishing || this.#finishSent) return;
    this.#finishSent = true;
    this.#options.send({ type: 'finish', id: this.#options.id });
    this.#endWhenBothFinished();
  }

  // As much of the first piece as there is room for; false when there is none.
  #sendPart(piece: Outgoing): boolean {
    const { id, send, sendData } = this.#options;
    const { item } = piece;
    if (item.type === 'hole') {
      if (this.#credit < STREAM_HOLE_COST) return false;
      this.#credit -= STREAM_HOLE_COST;
      send({ type: 'hole', id, length: item.length });
    } else {
      const size = Math.min(item.bytes.length, this.#credit, STREAM_CHUNK_BYTES);
      if (size === 0) return false;
      this.#credit -= size;
      sendData(id, item.bytes.subarray(0, size));
      piece.item = { type: 'data', bytes: item.bytes.subarray(size) };
      if (size < item.bytes.length) return true;
    }
    this.#outgoing.shift();
    piece.sent();
    return true;
  }

  #taken(item: StreamItem): void {
    const cost = costOf(item);
    this.#unreadCost -= cost;
    this.#takenCost += cost;
    if (this.#takenCost < STREAM_WINDOW_BYTES / 4 || this.#isOver) return;
    this.#options.send({ type: 'credit', id: this.#options.id, amount: this.#takenCost });
    this.#takenCost = 0;
  }

  #endWhenBothFinished(): void {
    if (this.#finishSent && this.#peerFinished) this.#over();
  }

  #over(reason?: VirError): void {
    this.#controller.abort(reason);
    this.#options.onEnd();
  }
}
