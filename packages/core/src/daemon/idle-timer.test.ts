import { expect, test } from 'vitest';
import { FakeClock } from '../testing/fake-clock.js';
import { IdleTimer } from './idle-timer.js';

function world() {
  const state = { isIdle: true, expired: 0 };
  const clock = new FakeClock();
  const timer = new IdleTimer({
    clock,
    timeoutMs: 1000,
    isIdle: () => state.isIdle,
    onExpired: () => state.expired++,
  });
  return { state, clock, timer };
}

test('expires after the time without work, not before', () => {
  const { state, clock, timer } = world();
  timer.look();
  clock.advance(999);
  expect(state.expired).toBe(0);
  clock.advance(1);
  expect(state.expired).toBe(1);
});

test('begins anew when something came and went', () => {
  const { state, clock, timer } = world();
  timer.look();
  clock.advance(900);
  const release = timer.hold();
  clock.advance(5000);
  release();
  release();
  clock.advance(999);
  expect(state.expired).toBe(0);
  clock.advance(1);
  expect(state.expired).toBe(1);
});

test('looks again later when work goes on that told nobody', () => {
  const { state, clock, timer } = world();
  timer.look();
  state.isIdle = false;
  clock.advance(1000);
  expect(state.expired).toBe(0);
  state.isIdle = true;
  clock.advance(1000);
  expect(state.expired).toBe(1);
});
