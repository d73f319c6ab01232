import type { CallStream } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import type { Logger } from '@modvirt/core/ports';
import {
  beginMessage,
  encodeMessage,
  finishMessage,
  type MessageHeader,
  messageStatuses,
  messageTypes,
  STREAM_PACKET_MAX,
  streamHole,
  WireFormatError,
  type WireMessage,
  XdrReader,
  xdrCodec,
} from '@modvirt/core/wire';
import type { ClientOutput } from './client-output.js';

const NOTHING = new Uint8Array(0);
const holeCodec = xdrCodec(streamHole);

interface OpenStream {
  readonly call: MessageHeader;
  readonly stream: CallStream;
  readonly allowsHoles: boolean;
  /** What the client sent, in order; the next piece waits for room behind us. */
  incoming: Promise<void>;
  clientFinished: boolean;
}

/** The streams of one client: pieces of a daemon's stream as libvirt's packets, and back. */
export class ClientStreams {
  readonly #output: ClientOutput;
  readonly #log: Logger;
  readonly #open = new Map<number, OpenStream>();
  #unwrittenBytes = 0;

  constructor(output: ClientOutput, log: Logger) {
    this.#output = output;
    this.#log = log;
  }

  /** Bytes from the client that the daemon has no room for yet. */
  get unwrittenBytes(): number {
    return this.#unwrittenBytes;
  }

  /** The reply to `call` is out: its stream begins. */
  begin(call: MessageHeader, stream: CallStream, allowsHoles: boolean): void {
    const open: OpenStream = {
      call,
      stream,
      allowsHoles,
      incoming: Promise.resolve(),
      clientFinished: false,
    };
    this.#open.set(call.serial, open);
    void this.#pump(open);
  }

  /** A packet from the client. Packets for a stream that is over are dropped. */
  receive(message: WireMessage): void {
    const open = this.#open.get(message.header.serial);
    if (open === undefined) return;
    switch (message.header.status) {
      case messageStatuses.continue:
        this.#receivePiece(open, message);
        return;
      case messageStatuses.ok:
        this.#finish(open);
        return;
      default:
        open.stream.abort(VirError.of('OPERATION_ABORTED', 'stream aborted at client request'));
        this.#end(open, messageStatuses.ok);
    }
  }

  /** The client is gone. */
  close(): void {
    for (const { stream } of this.#open.values()) {
      stream.abort(VirError.of('OPERATION_ABORTED', 'the client went away'));
    }
    this.#open.clear();
  }

  #receivePiece(open: OpenStream, { header, payload }: WireMessage): void {
    if (header.type === messageTypes.streamHole) {
      const length = readHole(payload);
      if (length === undefined || !open.allowsHoles)
        this.#fail(open, VirError.of('RPC', 'Unexpected stream hole'));
      else this.#write(open, 16, () => open.stream.writeHole(length));
      return;
    }
    this.#write(open, payload.length, () => open.stream.write(payload));
  }

  #write(open: OpenStream, bytes: number, write: () => Promise<void>): void {
    this.#unwrittenBytes += bytes;
    open.incoming = open.incoming
      .then(write)
      .catch(() => undefined) // The pump hears of the same failure and tells the client.
      .finally(() => {
        this.#unwrittenBytes -= bytes;
      });
  }

  #finish(open: OpenStream): void {
    open.clientFinished = true;
    void open.incoming.then(() => open.stream.finish());
    if (open.stream.signal.aborted) this.#end(open, messageStatuses.ok);
  }

  /** Daemon to client, until either ends. */
  async #pump(open: OpenStream): Promise<void> {
    try {
      for (let item = await open.stream.read(); item !== undefined; item = await open.stream.read()) {
        if (!this.#open.has(open.call.serial)) return;
        if (item.type === 'hole') this.#sendHole(open, item.length);
        else this.#sendData(open, item.bytes);
        await this.#output.drained();
      }
      this.#daemonFinished(open);
    } catch (error) {
      if (this.#open.has(open.call.serial)) this.#fail(open, asStreamError(error, this.#log));
    }
  }

  // The daemon has no more: the client is told, or, when it had finished before, confirmed.
  #daemonFinished(open: OpenStream): void {
    if (!this.#open.has(open.call.serial)) return;
    if (open.clientFinished) {
      this.#end(open, messageStatuses.ok);
      return;
    }
    this.#output.send(encodeMessage(this.#header(open, messageStatuses.continue), NOTHING));
    open.stream.finish();
  }

  #sendData(open: OpenStream, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += STREAM_PACKET_MAX) {
      const packet = bytes.subarray(at, at + STREAM_PACKET_MAX);
      this.#output.send(encodeMessage(this.#header(open, messageStatuses.continue), packet));
    }
  }

  #sendHole(open: OpenStream, length: bigint): void {
    const header = { ...this.#header(open, messageStatuses.continue), type: messageTypes.streamHole };
    const to = beginMessage(header);
    holeCodec.encode({ length, flags: 0 }, to);
    this.#output.send(finishMessage(to));
  }

  #fail(open: OpenStream, error: VirError): void {
    open.stream.abort(error);
    this.#open.delete(open.call.serial);
    this.#output.sendError(this.#header(open, messageStatuses.error), error.fields);
  }

  #end(open: OpenStream, status: number): void {
    this.#open.delete(open.call.serial);
    this.#output.send(encodeMessage(this.#header(open, status), NOTHING));
  }

  #header(open: OpenStream, status: number): MessageHeader {
    return { ...open.call, type: messageTypes.stream, status };
  }
}

function readHole(payload: Uint8Array): bigint | undefined {
  try {
    const { length } = holeCodec.decode(new XdrReader(payload)) as { length: bigint };
    return length >= 0n ? length : undefined;
  } catch (error) {
    if (error instanceof WireFormatError) return undefined;
    throw error;
  }
}

function asStreamError(error: unknown, log: Logger): VirError {
  if (error instanceof VirError) return error;
  log.error('stream broke', { error });
  return VirError.of('INTERNAL_ERROR', error instanceof Error ? error.message : String(error));
}
