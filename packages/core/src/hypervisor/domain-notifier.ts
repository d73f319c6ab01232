import type { EmittedEvent } from '../events/event-log.js';
import { type EventRow, eventRows } from '../events/event-rows.js';
import type { Uuid } from '../wire/uuid.js';

// Kinds of lifecycle events and their details, as virDomainEventType and its detail enums number them: a detail's number is
// its place in the list.
const LIFECYCLE = {
  defined: ['added', 'updated', 'renamed', 'from snapshot'],
  undefined: ['removed', 'renamed'],
  started: ['booted', 'migrated', 'restored', 'from snapshot', 'wakeup'],
  suspended: [
    'paused',
    'migrated',
    'ioerror',
    'watchdog',
    'restored',
    'from snapshot',
    'api error',
    'post-copy',
    'post-copy failed',
  ],
  resumed: ['unpaused', 'migrated', 'from snapshot', 'post-copy', 'post-copy failed'],
  stopped: ['shutdown', 'destroyed', 'crashed', 'migrated', 'saved', 'failed', 'from snapshot'],
  shutdown: ['finished', 'guest', 'host'],
  pmsuspended: ['memory', 'disk'],
  crashed: ['panicked', 'crashloaded'],
} as const;

export type LifecycleKind = keyof typeof LIFECYCLE;
export type LifecycleDetail<K extends LifecycleKind> = (typeof LIFECYCLE)[K][number];

const KINDS = Object.keys(LIFECYCLE) as readonly LifecycleKind[];

/** Whom an event is about, as clients are told. */
export interface DomainReference {
  readonly name: string;
  readonly uuid: Uuid;
  readonly id: number;
}

/** Where a daemon's events go. */
export interface EventSink {
  emit(event: EmittedEvent): void;
}

type DomainEventName = Extract<keyof typeof eventRows, `domain${string}`>;

/** Tells everybody who asked what happened to a domain. */
export class DomainNotifier {
  readonly #sink: EventSink;

  constructor(sink: EventSink) {
    this.#sink = sink;
  }

  lifecycle<K extends LifecycleKind>(dom: DomainReference, kind: K, detail: LifecycleDetail<K>): void {
    const details: readonly string[] = LIFECYCLE[kind];
    this.emit('domainLifecycle', dom, { event: KINDS.indexOf(kind), detail: details.indexOf(detail) });
  }

  /** Any other event: the fields of its message beside callbackID and `dom`. */
  emit(name: DomainEventName, dom: DomainReference, fields: Readonly<Record<string, unknown>> = {}): void {
    const row: EventRow = eventRows[name];
    this.#sink.emit({
      object: 'domain',
      eventId: row.id,
      uuid: dom.uuid,
      name: dom.name,
      payload: { dom: { name: dom.name, uuid: dom.uuid, id: dom.id }, ...fields },
    });
  }
}
