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
const HOLE_COST_BYTES = 16;
/** What the client may have sent and the daemon not taken, before the client is not read any more. */
const BACKLOG_BYTES = 4 * 1024 * 1024;
const holeCodec = xdrCodec(streamHole);

interface OpenStream {
  readonly call: MessageHeader;
  readonly stream: CallStream;
  readonly allowsHoles: boolean;
  /** What the client sent, in order; the next piece waits for room behind us. */
  incoming: Promise<void>;
  clientFinished: boolean;
  daemonFinished: boolean;
}

/** The streams of one client: pieces of a daemon's stream as libvirt's packets, and back. */
export class ClientStreams {
  readonly #output: ClientOutput;
  readonly #log: Logger;
  readonly #onRoom: () => void;
  readonly #open = new Map<number, OpenStream>();
  #untakenBytes = 0;

  /** @param onRoom called when the daemon has taken something */
  constructor(output: ClientOutput, log: Logger, onRoom: () => void) {
    this.#output = output;
    this.#log = log;
    this.#onRoom = onRoom;
  }

  /** Whether the daemon has no room for what the client sends. */
  get isFull(): boolean {
    return this.#untakenBytes > BACKLOG_BYTES;
  }

  /** The reply to `call` is out: its stream begins. */
  begin(call: MessageHeader, stream: CallStream, allowsHoles: boolean): void {
    const open: OpenStream = {
      call,
      stream,
      allowsHoles,
      incoming: Promise.resolve(),
      clientFinished: false,
      daemonFinished: false,
    };
    this.#open.get(call.serial)?.stream.abort(aborted('another stream took its number'));
    this.#open.set(call.serial, open);
    void this.#pump(open);
  }

  /** A packet from the client. Packets for a stream that is over are dropped. */
  receive({ header, payload }: WireMessage): void {
    const open = this.#open.get(header.serial);
    if (open?.call.procedure !== header.procedure || open.call.program !== header.program) return;
    if (header.status === messageStatuses.continue) {
      if (open.clientFinished) return;
      if (header.type === messageTypes.streamHole) this.#receiveHole(open, payload);
      else this.#give(open, payload.length, () => open.stream.write(payload));
    } else if (header.status === messageStatuses.ok) {
      this.#finish(open);
    } else {
      this.#open.delete(header.serial);
      open.stream.abort(aborted('stream aborted at client request'));
      this.#confirm(open);
    }
  }

  /** The client is gone. */
  close(): void {
    for (const { stream } of this.#open.values()) stream.abort(aborted('the client went away'));
    this.#open.clear();
  }

  #receiveHole(open: OpenStream, payload: Uint8Array): void {
    const length = readHole(payload);
    if (length === undefined || !open.allowsHoles) {
      this.#fail(open, VirError.of('RPC', 'Unexpected stream hole', { domain: 'RPC' }));
    } else {
      this.#give(open, HOLE_COST_BYTES, () => open.stream.writeHole(length));
    }
  }

  #give(open: OpenStream, bytes: number, write: () => Promise<void>): void {
    this.#untakenBytes += bytes;
    const taken = (): void => {
      this.#untakenBytes -= bytes;
      this.#onRoom();
    };
    // A stream that broke tells the pump too, which tells the client.
    open.incoming = open.incoming.then(write).then(taken, taken);
  }

  #finish(open: OpenStream): void {
    open.clientFinished = true;
    if (open.daemonFinished) {
      this.#open.delete(open.call.serial);
      this.#confirm(open);
      return;
    }
    void open.incoming.then(() => open.stream.finish());
  }

  /** Daemon to client, until either ends. */
  async #pump(open: OpenStream): Promise<void> {
    try {
      for (let item = await open.stream.read(); item !== undefined; item = await open.stream.read()) {
        if (!this.#isCurrent(open)) return;
        if (item.type === 'hole') this.#sendHole(open, item.length);
        else this.#sendData(open, item.bytes);
        await this.#output.drained();
      }
      if (this.#isCurrent(open)) this.#endOfDaemon(open);
    } catch (error) {
      if (this.#isCurrent(open)) this.#fail(open, asStreamError(error, this.#log));
    }
  }

  #isCurrent(open: OpenStream): boolean {
    return this.#open.get(open.call.serial) === open;
  }

  // The daemon has no more: the client is told, or, when it had finished before, confirmed.
  #endOfDaemon(open: OpenStream): void {
    open.daemonFinished = true;
    if (open.clientFinished) {
      this.#open.delete(open.call.serial);
      this.#confirm(open);
      return;
    }
    this.#output.send(encodeMessage(headerOf(open, messageStatuses.continue), NOTHING));
    void open.incoming.then(() => open.stream.finish());
  }

  #sendData(open: OpenStream, bytes: Uint8Array): void {
    const header = headerOf(open, messageStatuses.continue);
    for (let at = 0; at < bytes.length; at += STREAM_PACKET_MAX) {
      this.#output.send(encodeMessage(header, bytes.subarray(at, at + STREAM_PACKET_MAX)));
    }
  }

  #sendHole(open: OpenStream, length: bigint): void {
    const header = { ...headerOf(open, messageStatuses.continue), type: messageTypes.streamHole };
    const to = beginMessage(header);
    holeCodec.encode({ length, flags: 0 }, to);
    this.#output.send(finishMessage(to));
  }

  #fail(open: OpenStream, error: VirError): void {
    this.#open.delete(open.call.serial);
    open.stream.abort(error);
    this.#output.sendError(headerOf(open, messageStatuses.error), error.fields);
  }

  /** Answers the client's end of the stream, be it finish or abort. */
  #confirm(open: OpenStream): void {
    this.#output.send(encodeMessage(headerOf(open, messageStatuses.ok), NOTHING));
  }
}

function headerOf(open: OpenStream, status: number): MessageHeader {
  return { ...open.call, type: messageTypes.stream, status };
}

function aborted(why: string): VirError {
  return VirError.of('OPERATION_ABORTED', why, { domain: 'STREAMS' });
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
  return VirError.of('INTERNAL_ERROR', error instanceof Error ? error.message : String(error), {
    domain: 'STREAMS',
  });
}
