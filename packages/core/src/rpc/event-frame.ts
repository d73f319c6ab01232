import type { Uuid } from '../wire/uuid.js';
import { ProtocolError } from './protocol-error.js';
import type { DaemonEvent } from './remote-session.js';

const OBJECTS: ReadonlySet<unknown> = new Set<DaemonEvent['object']>([
  'domain',
  'network',
  'storage_pool',
  'node_device',
  'secret',
]);

/** An event's array as it travels, without its epoch. */
export function eventToWire(event: Omit<DaemonEvent, 'epoch'>): unknown[] {
  const { sequence, object, eventId, uuid, name, payload } = event;
  return [sequence, object, eventId, uuid ?? null, name, payload];
}

/** Its payload is not looked at. @throws ProtocolError */
export function eventFromWire(value: unknown, epoch: string): DaemonEvent {
  if (!Array.isArray(value) || value.length !== 6) throw new ProtocolError('event of wrong length');
  const [sequence, object, eventId, uuid, name, payload] = value as unknown[];
  const numbers = Number.isSafeInteger(sequence) && Number.isSafeInteger(eventId);
  const texts = typeof name === 'string' && (uuid === null || typeof uuid === 'string');
  if (!numbers || !texts || !OBJECTS.has(object)) throw new ProtocolError('event with wrong fields');
  const head = { epoch, sequence, object, eventId, name } as Omit<DaemonEvent, 'uuid' | 'payload'>;
  return uuid === null ? { ...head, payload } : { ...head, uuid: uuid as Uuid, payload };
}
