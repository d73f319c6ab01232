import { VirError } from '../errors/vir-error.js';
import type { FlowStream } from './flow-stream.js';
import { errorFromWire, type Frame } from './frames.js';

/** The streams of one link by the number of their call. */
export class StreamTable {
  readonly #streams = new Map<number, FlowStream>();

  add(id: number, stream: FlowStream): void {
    this.#streams.set(id, stream);
  }

  delete(id: number): void {
    this.#streams.delete(id);
  }

  get(id: number): FlowStream | undefined {
    return this.#streams.get(id);
  }

  [Symbol.iterator](): IterableIterator<[number, FlowStream]> {
    return this.#streams.entries();
  }

  /**
   * Hands a frame to its stream; one that is not there any more has ended at our side while the frame was on its way.
   *
   * @returns false for what is no frame of a stream
   * @throws ProtocolError
   */
  receive(frame: Frame): boolean {
    switch (frame.type) {
      case 'data':
        this.get(frame.id)?.receive({ type: 'data', bytes: frame.bytes });
        return true;
      case 'hole':
        this.get(frame.id)?.receive({ type: 'hole', length: frame.length });
        return true;
      case 'finish':
        this.get(frame.id)?.receiveFinish();
        return true;
      case 'credit':
        this.get(frame.id)?.receiveCredit(frame.amount);
        return true;
      case 'abort':
        this.get(frame.id)?.fail(VirError.fromFields(errorFromWire(frame.error)));
        return true;
      default:
        return false;
    }
  }
}
