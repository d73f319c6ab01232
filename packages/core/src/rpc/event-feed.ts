import type { EventCursor, EventLog } from '../events/event-log.js';
import type { FrameLink } from './frame-link.js';
import { frameKinds } from './frames.js';
import type { EventPosition } from './remote-session.js';

export interface EventFeedOptions {
  readonly link: FrameLink;
  readonly log: EventLog;
  readonly subscription: number;
  readonly from: EventPosition | undefined;
}

/** Sends one subscriber its events as fast as it reads. Those it is too slow for wait in the log, not in the channel. */
export class EventFeed {
  readonly #options: EventFeedOptions;
  readonly #cursor: EventCursor;

  constructor(options: EventFeedOptions) {
    this.#options = options;
    this.#cursor = options.log.subscribe(options.from, () => this.pump());
  }

  pump(): void {
    const { link, subscription } = this.#options;
    while (link.isOpen && !link.isFull) {
      const step = this.#cursor.next();
      if (step === undefined) return;
      if (step.type === 'event') link.sendEvent(frameKinds.event.number, subscription, step.bytes);
      else link.send({ type: 'gap', subscription, reason: step.reason, sequence: step.sequence });
    }
  }

  close(): void {
    this.#cursor.close();
  }
}
