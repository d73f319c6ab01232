import { VirError } from '@modvirt/core/errors';
import { type Clock, startDeadline } from '@modvirt/core/ports';
import type { MonitorEvent } from '../monitor/monitor.js';
import type { GuestRuntime } from './guest-runtime.js';

export interface EventWait<T> {
  readonly found: Promise<T>;
  /** Stops waiting; `found` then never settles. */
  cancel(): void;
}

export interface EventLimits {
  readonly clock: Clock;
  readonly what: string;
  /** Undefined: as long as the guest is there. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Waits from now on for an event of a guest.
 *
 * @param pick what the event means; undefined when it is another one
 * @throws DeadlineError, the signal's reason, or VirError when the guest ends meanwhile
 */
export function expectEvent<T>(
  runtime: GuestRuntime,
  pick: (event: MonitorEvent) => T | undefined,
  limits: EventLimits,
): EventWait<T> {
  let cancel = (): void => undefined;
  const found = new Promise<T>((resolve, reject) => {
    const deadline =
      limits.timeoutMs === undefined
        ? undefined
        : startDeadline(limits.clock, limits.what, limits.timeoutMs, limits.signal);
    const signal = deadline?.signal ?? limits.signal;
    const onAbort = (): void => settle(() => reject(signal?.reason));
    const listener = (event: MonitorEvent): void => {
      const value = pick(event);
      if (value !== undefined) settle(() => resolve(value));
    };
    const settle = (then: () => void): void => {
      cancel();
      then();
    };
    cancel = () => {
      runtime.listeners.delete(listener);
      deadline?.cancel();
      signal?.removeEventListener('abort', onAbort);
    };
    runtime.listeners.add(listener);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
    void runtime.monitor.ended.then(() => settle(() => reject(ended())));
  });
  // Whoever cancels does not look at it any more.
  found.catch(() => undefined);
  return { found, cancel: () => cancel() };
}

function ended(): VirError {
  return VirError.of('OPERATION_FAILED', 'domain is not running', { domain: 'QEMU' });
}
