import type { ClientConnection, EventPosition, Subscribed } from '@modvirt/core/rpc';
import { EventQueue } from './event-queue.js';

/** A subscription that goes on where it was over every new connection. */
export class LinkSubscription {
  readonly events: EventQueue;
  #position: EventPosition | undefined;
  #attached: { readonly to: ClientConnection; readonly done: Promise<Subscribed> } | undefined;
  #isOver = false;

  constructor(from: EventPosition | undefined, onReturn: () => void) {
    this.#position = from;
    this.events = new EventQueue(onReturn);
  }

  async attachTo(connection: ClientConnection): Promise<void> {
    if (this.#isOver) return;
    if (this.#attached?.to !== connection) {
      const done = connection.subscribe(this.#position, (item, position) => {
        if (this.#attached?.to !== connection) return;
        this.#position = position;
        this.events.push(item);
      });
      this.#attached = { to: connection, done };
    }
    const { position } = await this.#attached.done;
    this.#position ??= position;
  }

  /** Gives it up at the daemon and ends the iteration. */
  end(error?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.events.end(error);
    const attached = this.#attached;
    this.#attached = undefined;
    attached?.done.then(
      (subscribed) => subscribed.unsubscribe(),
      // It never came about, and the subscriber has been told so.
      () => undefined,
    );
  }
}
