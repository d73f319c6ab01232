import { type EventObject, type EventRow, eventRows } from '@modvirt/core/events';
import type { Logger } from '@modvirt/core/ports';
import type { DaemonEvent, DaemonLink } from '@modvirt/core/rpc';
import type { ProgramTable } from '../calls/program-table.js';
import { encodeRemoteMessage } from './encode-message.js';
import type { Registration } from './registrations.js';

/** Who is told: a client and what it registered. */
export interface Subscriber {
  readonly registration: Registration;
  send(message: Uint8Array): void;
}

/** The events of one daemon, given to the clients that asked. One subscription behind, however many are in front. */
export class EventHub {
  readonly #link: DaemonLink;
  readonly #table: ProgramTable;
  readonly #log: Logger;
  readonly #subscribers = new Map<EventRow, Set<Subscriber>>();
  readonly #controller = new AbortController();
  #starting: Promise<void> | undefined;
  #isReady = false;

  constructor(link: DaemonLink, table: ProgramTable, log: Logger) {
    this.#link = link;
    this.#table = table;
    this.#log = log;
  }

  /** Resolves when whatever happens from then on will be told; undefined when it is so already. */
  ready(): Promise<void> | undefined {
    if (this.#isReady) return undefined;
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  /** @returns ends it */
  add(subscriber: Subscriber): () => void {
    const { row } = subscriber.registration;
    const set = this.#subscribers.get(row) ?? new Set();
    this.#subscribers.set(row, set);
    set.add(subscriber);
    return () => set.delete(subscriber);
  }

  close(): void {
    this.#controller.abort();
  }

  async #start(): Promise<void> {
    const events = await this.#link.subscribe({ signal: this.#controller.signal });
    this.#isReady = true;
    void this.#deliver(events);
  }

  async #deliver(events: Awaited<ReturnType<DaemonLink['subscribe']>>): Promise<void> {
    const { daemon } = this.#link;
    try {
      for await (const event of events) {
        if ('type' in event) this.#log.warn('events were missed', { daemon, reason: event.reason });
        else this.#tell(event);
      }
    } catch (error) {
      if (!this.#controller.signal.aborted) this.#log.error('events ended', { daemon, error });
    }
    this.#isReady = false;
  }

  #tell(event: DaemonEvent): void {
    const row = findEventRow(event.object, event.eventId);
    const subscribers = row === undefined ? undefined : this.#subscribers.get(row);
    if (row === undefined || subscribers === undefined || subscribers.size === 0) return;
    try {
      this.#tellEach(row, subscribers, event);
    } catch (error) {
      // A daemon's mistake must not end the events of all.
      const { object, eventId } = event;
      this.#log.error('cannot tell of an event', { daemon: this.#link.daemon, object, eventId, error });
    }
  }

  // Most clients have few registrations, so their callback ids are the same: each message is encoded once.
  #tellEach(row: EventRow, subscribers: ReadonlySet<Subscriber>, event: DaemonEvent): void {
    const encoded = new Map<number | undefined, Uint8Array>();
    for (const subscriber of subscribers) {
      const { registration } = subscriber;
      if (!isAbout(registration, event)) continue;
      const callbackId = registration.style === 'callback' ? registration.callbackId : undefined;
      let message = encoded.get(callbackId);
      if (message === undefined) {
        message = this.#encode(row, callbackId, event.payload);
        encoded.set(callbackId, message);
      }
      subscriber.send(message);
    }
  }

  #encode(row: EventRow, callbackId: number | undefined, payload: unknown): Uint8Array {
    const message = callbackId === undefined ? row.legacy : row.message;
    if (message === undefined) throw new Error('an event without an old form was registered the old way');
    return encodeRemoteMessage(this.#table, message, valuesOf(row, callbackId, payload));
  }
}

function valuesOf(row: EventRow, callbackId: number | undefined, payload: unknown): unknown {
  if (callbackId === undefined) return payload;
  if (row.nested) return { callbackID: callbackId, msg: payload };
  return { callbackID: callbackId, ...(payload as object) };
}

function isAbout({ about }: Registration, event: DaemonEvent): boolean {
  if (about === undefined) return true;
  return about.uuid === undefined ? about.name === event.name : about.uuid === event.uuid;
}

const ROWS: ReadonlyMap<string, EventRow> = new Map(
  Object.values(eventRows).map((row) => [`${row.object} ${row.id}`, row]),
);

export function findEventRow(object: EventObject, id: number): EventRow | undefined {
  return ROWS.get(`${object} ${id}`);
}
