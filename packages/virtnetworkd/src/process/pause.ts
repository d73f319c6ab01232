import type { Clock } from '@modvirt/core/ports';

/** Waits; ends early with `signal`'s reason. It does not keep the program alive. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      timer.cancel();
      reject(signal.reason);
    };
    const timer = clock.setTimer(
      delayMs,
      () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      },
      { holds: false },
    );
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
