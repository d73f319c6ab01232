import { VirError } from '../errors/vir-error.js';
import type { Clock } from '../ports/clock.js';
import { blockedBy, isLongJob, type JobKind } from './job-rules.js';

declare const jobBrand: unique symbol;

/** Proof that its holder may change the object. Made by `withJob` only; over when the body ends. */
export interface Job {
  readonly [jobBrand]: true;
  readonly kind: JobKind;
  /** The public function on whose behalf it runs: what others that wait are told. */
  readonly owner: string;
  readonly startedMs: number;
  /** Aborts when the caller goes, the job is aborted, or the object's queue is closed. */
  readonly signal: AbortSignal;
}

export interface JobRequest {
  readonly kind: JobKind;
  readonly owner: string;
  readonly signal: AbortSignal;
}

interface Waiter {
  readonly kind: JobKind;
  wake(): void;
}

/** How long a caller waits for its turn, as libvirt does. */
export const JOB_WAIT_MS = 30_000;

/** The jobs of one object: those that run and those that wait, first come first served within what the rules allow. */
export class JobQueue {
  #short: RunningJob | undefined;
  #long: RunningJob | undefined;
  #agent: RunningJob | undefined;
  readonly #waiters: Waiter[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What runs now, for those who ask why they wait. */
  get running(): {
    readonly short: Job | undefined;
    readonly long: Job | undefined;
    readonly agent: Job | undefined;
  } {
    return { short: this.#short?.job, long: this.#long?.job, agent: this.#agent?.job };
  }

  /** Whether anything runs or waits. */
  get isIdle(): boolean {
    return this.#waiters.length === 0 && !this.#short && !this.#long && !this.#agent;
  }

  /** Asks every running job to end; `reason` becomes its signal's. */
  abortAll(reason: unknown): void {
    for (const running of [this.#short, this.#long, this.#agent]) running?.abort(reason);
  }

  /** Aborts the long job; false when there is none. */
  abortLong(reason: unknown): boolean {
    this.#long?.abort(reason);
    return this.#long !== undefined;
  }

  /** Waits for its turn, runs `body`, and ends the job however that ends. */
  async run<T>(request: JobRequest, body: (job: Job) => Promise<T>): Promise<T> {
    request.signal.throwIfAborted();
    const running = this.#mustWait(request.kind) ? await this.#turn(request) : this.#begin(request);
    try {
      return await body(running.job);
    } finally {
      running.release();
      this.#leave(running);
    }
  }

  #blocker(kind: JobKind): RunningJob | undefined {
    return blockedBy(kind, { short: this.#short, long: this.#long, agent: this.#agent });
  }

  // Who comes later does not overtake one that waits for the same lane.
  #mustWait(kind: JobKind): boolean {
    if (this.#blocker(kind) !== undefined) return true;
    return this.#waiters.some((waiter) => (waiter.kind === 'agent') === (kind === 'agent'));
  }

  #begin(request: JobRequest): RunningJob {
    const running = startJob(request, this.#clock.now());
    if (request.kind === 'agent') this.#agent = running;
    else if (isLongJob(request.kind)) this.#long = running;
    else this.#short = running;
    return running;
  }

  #leave(running: RunningJob): void {
    if (this.#short === running) this.#short = undefined;
    if (this.#long === running) this.#long = undefined;
    if (this.#agent === running) this.#agent = undefined;
    // In the order they came, all that may begin now; each takes its place at once, so nobody slips in between.
    for (const waiter of [...this.#waiters]) {
      if (this.#blocker(waiter.kind) === undefined) waiter.wake();
    }
  }

  #turn(request: JobRequest): Promise<RunningJob> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        timer.cancel();
        request.signal.removeEventListener('abort', onAbort);
        const index = this.#waiters.indexOf(waiter);
        if (index >= 0) this.#waiters.splice(index, 1);
      };
      const waiter: Waiter = {
        kind: request.kind,
        wake: () => {
          leave();
          resolve(this.#begin(request));
        },
      };
      const onAbort = (): void => {
        leave();
        reject(request.signal.reason);
      };
      const timer = this.#clock.setTimer(JOB_WAIT_MS, () => {
        leave();
        reject(this.#timeout(request.kind));
      });
      request.signal.addEventListener('abort', onAbort, { once: true });
      this.#waiters.push(waiter);
    });
  }

  #timeout(kind: JobKind): VirError {
    const holder = this.#blocker(kind);
    if (holder === undefined) return VirError.of('OPERATION_TIMEOUT', 'cannot acquire state change lock');
    const lane = kind === 'agent' ? 'agent' : 'monitor';
    const seconds = Math.round((this.#clock.now() - holder.job.startedMs) / 1000);
    return VirError.of(
      'OPERATION_TIMEOUT',
      `cannot acquire state change lock (held by ${lane}=${holder.job.owner}) for ${seconds}s, job ${holder.kind}`,
    );
  }
}

interface RunningJob {
  readonly kind: JobKind;
  readonly job: Job;
  abort(reason: unknown): void;
  release(): void;
}

function startJob(request: JobRequest, startedMs: number): RunningJob {
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(request.signal.reason);
  request.signal.addEventListener('abort', onAbort, { once: true });
  const job = { kind: request.kind, owner: request.owner, startedMs, signal: controller.signal } as Job;
  return {
    kind: request.kind,
    job,
    abort: (reason) => controller.abort(reason),
    release: () => request.signal.removeEventListener('abort', onAbort),
  };
}
