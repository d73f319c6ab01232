import type { ByteChannel } from '@modvirt/core/ports';

/** One line of the supervisor while it makes its container: a letter and what it says. */
export interface StartMessage {
  /** `P`: made, as this process, with these terminals. `R`: init runs. `E`: what went wrong. `X`: init has ended. */
  readonly mark: string;
  readonly text: string;
}

/** The supervisor and we take turns while a container is made. */
export class StartHandshake {
  readonly #channel: ByteChannel;
  readonly #waiting: ((message: StartMessage | undefined) => void)[] = [];
  readonly #messages: StartMessage[] = [];
  #text = '';
  #isOver = false;

  constructor(channel: ByteChannel) {
    this.#channel = channel;
    const decoder = new TextDecoder();
    channel.setHandlers({
      onData: (bytes) => this.#take(decoder.decode(bytes, { stream: true })),
      onClose: () => this.#end(),
    });
  }

  /** Lets the supervisor go on. */
  goOn(): void {
    this.#channel.write(new TextEncoder().encode('C'));
  }

  /** The next message; undefined when there will be no more. */
  next(signal: AbortSignal): Promise<StartMessage | undefined> {
    const message = this.#messages.shift();
    if (message !== undefined || this.#isOver) return Promise.resolve(message);
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason);
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push((found) => {
        signal.removeEventListener('abort', onAbort);
        resolve(found);
      });
    });
  }

  close(): void {
    this.#channel.destroy();
  }

  #take(text: string): void {
    this.#text += text;
    // What init said last may be many lines: it is the last message, and ends with the connection.
    for (
      let at = this.#text.indexOf('\n');
      at >= 0 && !this.#text.startsWith('X');
      at = this.#text.indexOf('\n')
    ) {
      this.#deliver({ mark: this.#text.charAt(0), text: this.#text.slice(1, at) });
      this.#text = this.#text.slice(at + 1);
    }
  }

  #deliver(message: StartMessage): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#messages.push(message);
    else waiting(message);
  }

  #end(): void {
    if (this.#text !== '') this.#deliver({ mark: this.#text.charAt(0), text: this.#text.slice(1).trim() });
    this.#isOver = true;
    for (const waiting of this.#waiting.splice(0)) waiting(undefined);
  }
}
