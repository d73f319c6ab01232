import type { Clock, Timer } from '../ports/clock.js';

/** Node's timers fire at once beyond this. */
const MAX_DELAY_MS = 2_147_483_647;

export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now();
  }

  setTimer(delayMs: number, callback: () => void, options: { readonly holds?: boolean } = {}): Timer {
    const dueMs = performance.now() + delayMs;
    let timer: NodeJS.Timeout;
    const arm = () => {
      const leftMs = dueMs - performance.now();
      // Node rounds down, and long waits are made of several.
      if (leftMs <= 0) callback();
      else wait(leftMs);
    };
    const wait = (ms: number) => {
      timer = setTimeout(arm, Math.min(Math.ceil(ms), MAX_DELAY_MS));
      if (options.holds === false) timer.unref();
    };
    wait(delayMs);
    return { cancel: () => clearTimeout(timer) };
  }
}
