import { expect, test } from 'vitest';
import { type EventCursor, EventLog } from './event-log.js';

// Events are encoded as one byte: their number.
const encode = (value: unknown): Uint8Array => new Uint8Array([(value as number[])[0] ?? 0]);

function logOf(count: number, maxEvents = 100): EventLog {
  const log = new EventLog({ epoch: 'now', encode, maxEvents });
  emit(log, count);
  return log;
}

function emit(log: EventLog, count: number): void {
  for (let i = 0; i < count; i++) log.emit({ object: 'domain', eventId: 0, name: 'x', payload: {} });
}

function drain(cursor: EventCursor): (number | string)[] {
  const seen: (number | string)[] = [];
  for (let step = cursor.next(); step !== undefined; step = cursor.next()) {
    seen.push(step.type === 'event' ? (step.bytes[0] ?? -1) : `${step.reason} ${step.sequence}`);
  }
  return seen;
}

const ignore = (): void => undefined;

test('gives what comes after the subscription, and wakes for each', () => {
  const log = logOf(3);
  let woken = 0;
  const cursor = log.subscribe(undefined, () => woken++);
  emit(log, 2);
  expect(drain(cursor)).toEqual([4, 5]);
  expect(woken).toBe(2);
  cursor.close();
  emit(log, 1);
  expect(woken).toBe(2);
});

test('gives what was missed since a position', () => {
  expect(drain(logOf(5).subscribe({ epoch: 'now', sequence: 2 }, ignore))).toEqual([3, 4, 5]);
  expect(drain(logOf(5).subscribe({ epoch: 'now', sequence: 5 }, ignore))).toEqual([]);
});

test('says that events of an earlier run are lost and gives all of this run', () => {
  expect(drain(logOf(3).subscribe({ epoch: 'before', sequence: 70 }, ignore))).toEqual([
    'expired 0',
    1,
    2,
    3,
  ]);
});

test('says that events are too old and goes on with the oldest it has', () => {
  expect(drain(logOf(10, 4).subscribe({ epoch: 'now', sequence: 2 }, ignore))).toEqual([
    'expired 6',
    7,
    8,
    9,
    10,
  ]);
});

test('a position that does not exist yet is no position', () => {
  expect(drain(logOf(3).subscribe({ epoch: 'now', sequence: 9 }, ignore))[0]).toMatch(/^expired/);
});

test('cuts off who is too slow and lets it go on with what comes', () => {
  const log = logOf(1, 4);
  const cursor = log.subscribe(undefined, ignore);
  emit(log, 20);
  expect(drain(cursor)).toEqual(['slow 21']);
  emit(log, 1);
  expect(drain(cursor)).toEqual([22]);
});

test('keeps no more than it may, whatever passes through', () => {
  const log = logOf(200, 10);
  emit(log, 5000);
  expect(log.last).toBe(5200);
  expect(drain(log.subscribe({ epoch: 'now', sequence: 5190 }, ignore))).toHaveLength(10);
  expect(drain(log.subscribe({ epoch: 'now', sequence: 5189 }, ignore))).toHaveLength(11);
});
