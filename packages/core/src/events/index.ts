export { type EmittedEvent, EventLog, type EventLogOptions } from './event-log.js';
export { callbackMessage, eventPayload, legacyMessage } from './event-messages.js';
export { EventPayloads, type EventSubject, type PayloadOf } from './event-payload.js';
export { type EventName, type EventObject, type EventRow, eventRows } from './event-rows.js';
