import { type EventObject, type EventRow, eventRows } from '@modvirt/core/events';
import type { Logger } from '@modvirt/core/ports';
import { remoteProgram } from '@modvirt/core/protocol';
import type { DaemonEvent, DaemonLink } from '@modvirt/core/rpc';
import { beginMessage, finishMessage, messageStatuses, messageTypes } from '@modvirt/core/wire';
import type { ProgramTable } from '../calls/program-table.js';
import { messageValues, type Registration } from './registrations.js';

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
  readonly #subscribers = new Map<string, Set<Subscriber>>();
  readonly #controller = new AbortController();
  #started: Promise<void> | undefined;

  constructor(link: DaemonLink, table: ProgramTable, log: Logger) {
    this.#link = link;
    this.#table = table;
    this.#log = log;
  }

  /** Resolves when whatever happens from then on will be told. @returns ends it */
  async add(subscriber: Subscriber): Promise<() => void> {
    await this.#start();
    const { object, eventId } = subscriber.registration;
    const key = `${object} ${eventId}`;
    const set = this.#subscribers.get(key) ?? new Set();
    this.#subscribers.set(key, set);
    set.add(subscriber);
    return () => set.delete(subscriber);
  }

  close(): void {
    this.#controller.abort();
  }

  #start(): Promise<void> {
    this.#started ??= this.#link.subscribe({ signal: this.#controller.signal }).then(
      (events) => void this.#deliver(events),
      (error: unknown) => {
        this.#started = undefined;
        throw error;
      },
    );
    return this.#started;
  }

  async #deliver(events: Awaited<ReturnType<DaemonLink['subscribe']>>): Promise<void> {
    try {
      for await (const event of events) {
        if ('type' in event)
          this.#log.warn('events were missed', { daemon: this.#link.daemon, reason: event.reason });
        else this.#tell(event);
      }
    } catch (error) {
      if (!this.#controller.signal.aborted)
        this.#log.error('events ended', { daemon: this.#link.daemon, error });
    }
    this.#started = undefined;
  }

  #tell(event: DaemonEvent): void {
    const subscribers = this.#subscribers.get(`${event.object} ${event.eventId}`);
    const row = findEventRow(event.object, event.eventId);
    if (subscribers === undefined || row === undefined) return;
    const encoded = new Map<number | undefined, Uint8Array>();
    for (const subscriber of subscribers) {
      if (!isAbout(subscriber.registration, event)) continue;
      const { callbackId } = subscriber.registration;
      let message = encoded.get(callbackId);
      if (message === undefined) {
        message = this.#encode(row, subscriber.registration, event.payload);
        encoded.set(callbackId, message);
      }
      subscriber.send(message);
    }
  }

  #encode(row: EventRow, registration: Registration, payload: unknown): Uint8Array {
    const message = registration.callbackId === undefined ? row.legacy : row.message;
    if (message === undefined) throw new Error('an event without an old form was registered the old way');
    const to = beginMessage({
      program: remoteProgram.number,
      version: remoteProgram.version,
      procedure: message.number,
      type: messageTypes.message,
      serial: 0,
      status: messageStatuses.ok,
    });
    this.#table.message(message).encode(messageValues(row, registration, payload), to);
    return finishMessage(to);
  }
}

function isAbout(registration: Registration, event: DaemonEvent): boolean {
  const { about } = registration;
  if (about === undefined) return true;
  return about.uuid === undefined ? about.name === event.name : about.uuid === event.uuid;
}

const ROWS: readonly EventRow[] = Object.values(eventRows);

export function findEventRow(object: EventObject, id: number): EventRow | undefined {
  return ROWS.find((row) => row.object === object && row.id === id);
}
