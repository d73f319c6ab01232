export { type EmittedEvent, EventLog, type EventLogOptions } from './event-log.js';
export { type EventName, type EventObject, type EventRow, eventRows } from './event-rows.js';
