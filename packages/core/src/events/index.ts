export { type EventName, type EventObject, type EventRow, eventRows } from './event-rows.js';
