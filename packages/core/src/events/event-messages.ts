import type { Fields } from '../wire/types.js';
import type { EventRow } from './event-rows.js';

// An event travels between daemons as its payload: the fields of its message without the callback id or, where that message holds
// an older one whole, the fields of the older one.

/** The fields of an event's payload. */
export function eventPayload(row: EventRow): Fields {
  if (row.nested && row.legacy !== undefined) return row.legacy.message;
  const { callbackID: _, ...fields } = row.message.message;
  return fields;
}

/** The message for a client that registered with a callback id. */
export function callbackMessage(row: EventRow, callbackID: number, payload: object): object {
  if (!row.nested) return { callbackID, ...payload };
  // Power management messages have room for a reason that nobody gives.
  if ('reason' in row.message.message) return { callbackID, reason: 0, msg: payload };
  return { callbackID, msg: payload };
}

/** The message for a client that registered the old way; undefined for an event that is younger than callback ids. */
export function legacyMessage(row: EventRow, payload: object): object | undefined {
  return row.legacy === undefined ? undefined : payload;
}
