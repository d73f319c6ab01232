import type { MessageOf } from '../protocol/procedure.js';
import type { Uuid } from '../wire/uuid.js';
import { type Check, validator } from '../wire/validate.js';
import type { EventLog } from './event-log.js';
import { eventPayload } from './event-messages.js';
import { type EventObject, type EventRow, eventRows } from './event-rows.js';

/** What an event tells, without the callback it is told to. */
export type PayloadOf<R extends EventRow> =
  MessageOf<R['message']> extends { readonly msg: infer M } ? M : Omit<MessageOf<R['message']>, 'callbackID'>;

export interface EventSubject {
  readonly uuid?: Uuid;
  readonly name: string;
}

/** Checks payloads against their rows; one for each program is enough. */
export class EventPayloads {
  readonly #checks = new Map<string, Check>();
  readonly #rows: ReadonlyMap<string, EventRow>;

  constructor() {
    this.#rows = new Map(Object.values(eventRows).map((row) => [keyOf(row.object, row.id), row]));
  }

  /**
   * @returns the payload as its row has it; one of an event that we do not know (a newer daemon's) as it is
   * @throws WireFormatError
   */
  check(object: EventObject, eventId: number, payload: unknown): unknown {
    const key = keyOf(object, eventId);
    const known = this.#checks.get(key);
    if (known !== undefined) return known(payload);
    const row = this.#rows.get(key);
    if (row === undefined) return payload;
    const check = validator(eventPayload(row));
    this.#checks.set(key, check);
    return check(payload);
  }

  /** Tells all subscribers. @throws WireFormatError when the payload is not what the row says */
  emit<R extends EventRow>(log: EventLog, row: R, subject: EventSubject, payload: PayloadOf<R>): void {
    const checked = this.check(row.object, row.id, payload);
    log.emit({ object: row.object, eventId: row.id, ...subject, payload: checked });
  }
}

function keyOf(object: EventObject, eventId: number): string {
  return `${object} ${eventId}`;
}
