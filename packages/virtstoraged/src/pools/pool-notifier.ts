import { type EventLog, eventRows } from '@modvirt/core/events';
import { storagePoolEventLifecycleType } from '@modvirt/core/protocol/constants';
import type { StoragePool } from './storage-pool.js';

/** Tells everybody who asked what happened to a pool. */
export class PoolNotifier {
  readonly #events: EventLog;

  constructor(events: EventLog) {
    this.#events = events;
  }

  lifecycle(pool: StoragePool, what: keyof typeof storagePoolEventLifecycleType): void {
    this.#emit('storagePoolLifecycle', pool, { event: storagePoolEventLifecycleType[what], detail: 0 });
  }

  refreshed(pool: StoragePool): void {
    this.#emit('storagePoolRefresh', pool, {});
  }

  #emit(
    row: 'storagePoolLifecycle' | 'storagePoolRefresh',
    { reference }: StoragePool,
    fields: object,
  ): void {
    this.#events.emit({
      object: 'storage_pool',
      eventId: eventRows[row].id,
      uuid: reference.uuid,
      name: reference.name,
      payload: { pool: reference, ...fields },
    });
  }
}
