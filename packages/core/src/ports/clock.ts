export interface Timer {
  /** Does nothing once it has fired. */
  cancel(): void;
}

/** Time as the outside has it. */
export interface Clock {
  /** Milliseconds since 1970, with fractions; may jump. */
  now(): number;
  /** Milliseconds since some moment, with fractions; never goes back, stands still while the host is suspended. */
  monotonicMs(): number;
  /**
   * Calls back once, not before `delayMs` have passed.
   *
   * @param options.holds whether the program stays alive for it; true unless said otherwise
   */
  setTimer(delayMs: number, callback: () => void, options?: { readonly holds?: boolean }): Timer;
}

/** Why a deadline aborted its signal. */
export class DeadlineError extends Error {
  readonly code = 'ETIMEDOUT';
  readonly timeoutMs: number;

  constructor(what: string, timeoutMs: number) {
    super(`${what} took longer than ${timeoutMs} ms`);
    this.name = 'DeadlineError';
    this.timeoutMs = timeoutMs;
  }
}

export interface Deadline {
  readonly signal: AbortSignal;
  /** Takes the timer back and lets go of `parent`; call it when the work is done. */
  cancel(): void;
}

/** A signal that aborts with a DeadlineError after `timeoutMs`, or as soon as `parent` does. */
export function startDeadline(clock: Clock, what: string, timeoutMs: number, parent?: AbortSignal): Deadline {
  const controller = new AbortController();
  const onParent = () => controller.abort(parent?.reason);
  const timer = clock.setTimer(timeoutMs, () => controller.abort(new DeadlineError(what, timeoutMs)));
  if (parent?.aborted) onParent();
  parent?.addEventListener('abort', onParent, { once: true });
  return {
    signal: controller.signal,
    cancel() {
      timer.cancel();
      parent?.removeEventListener('abort', onParent);
    },
  };
}

/** Runs `work` under a deadline; it is told by its signal, and the wait ends then even if `work` does not. */
export async function withDeadline<T>(
  clock: Clock,
  limit: { readonly what: string; readonly timeoutMs: number; readonly signal?: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = startDeadline(clock, limit.what, limit.timeoutMs, limit.signal);
  try {
    deadline.signal.throwIfAborted();
    return await untilAborted(deadline.signal, work(deadline.signal));
  } finally {
    deadline.cancel();
  }
}

/** What `work` becomes, or the signal's reason if that comes first; `work` itself goes on unless it watches the signal. */
export function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const settle = () => signal.removeEventListener('abort', onAbort);
    work.then(resolve, reject).finally(settle);
  });
}
