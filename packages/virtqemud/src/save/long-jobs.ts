import { VirError } from '@modvirt/core/errors';
import type { Clock } from '@modvirt/core/ports';
import { intParameter, type TypedParameter, ullongParameter } from '@modvirt/core/protocol';
import { domainJobOperation, domainJobType } from '@modvirt/core/protocol/constants';
import type { QemuDomain } from '../process/qemu-domain.js';

/** How far a long job has come, as far as it can be told. */
export interface JobFigures {
  readonly totalBytes: number;
  readonly processedBytes: number;
  readonly remainingBytes: number;
  /** Only where memory is moved by QEMU's migration. */
  readonly migration?: MigrationFigures | undefined;
}

interface MigrationFigures {
  readonly downtimeMs: number | undefined;
  readonly setupMs: number | undefined;
  readonly bytesPerSecond: number;
  readonly constantPages: number;
  readonly normalPages: number;
  readonly normalBytes: number;
  readonly dirtyPagesPerSecond: number;
  readonly iterations: number;
  readonly postcopyRequests: number;
  readonly pageBytes: number;
}

/** What has been said of one job. */
export interface JobReport {
  readonly type: number;
  readonly operation: number;
  readonly elapsedMs: number;
  readonly figures: JobFigures | undefined;
}

interface Current {
  readonly operation: number;
  readonly startedMs: number;
  look(signal: AbortSignal): Promise<JobFigures | undefined>;
  /** Why it cannot be cancelled; undefined: it can. */
  readonly uncancellable: string | undefined;
}

export type JobOperation = keyof typeof domainJobOperation;

/** What errors call the jobs that a client may cancel. */
export const jobNames = { save: 'domain save job', dump: 'domain core dump job' } as const;

/** The jobs of domains that take their time, and the last ones that ended. */
export class LongJobs {
  readonly #clock: Clock;
  readonly #current = new WeakMap<QemuDomain, Current>();
  readonly #completed = new WeakMap<QemuDomain, JobReport>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(
    domain: QemuDomain,
    operation: JobOperation,
    options: { readonly uncancellable?: string; look(signal: AbortSignal): Promise<JobFigures | undefined> },
  ): void {
    this.#current.set(domain, {
      operation: domainJobOperation[operation],
      startedMs: this.#clock.monotonicMs(),
      look: options.look,
      uncancellable: options.uncancellable,
    });
  }

  end(domain: QemuDomain): void {
    this.#current.delete(domain);
  }

  /** What goes on now; undefined when nothing does. */
  async report(domain: QemuDomain, signal: AbortSignal): Promise<JobReport | undefined> {
    const current = this.#current.get(domain);
    if (current === undefined) return undefined;
    const figures = await current.look(signal);
    const elapsedMs = this.#elapsed(current);
    return { type: domainJobType.unbounded, operation: current.operation, elapsedMs, figures };
  }

  /** What a client that cancels the current one makes of it. */
  cancelled(domain: QemuDomain): VirError {
    const operation = this.#current.get(domain)?.operation;
    const name = operation === domainJobOperation.dump ? jobNames.dump : jobNames.save;
    return VirError.of('OPERATION_ABORTED', `${name}: canceled by client`, { domain: 'QEMU' });
  }

  uncancellable(domain: QemuDomain): string | undefined {
    return this.#current.get(domain)?.uncancellable;
  }

  /** The current one has done its work: so its last figures stay. */
  complete(domain: QemuDomain, figures: JobFigures): JobReport | undefined {
    const current = this.#current.get(domain);
    if (current === undefined) return undefined;
    const { operation } = current;
    const elapsedMs = this.#elapsed(current);
    const report = { type: domainJobType.completed, operation, elapsedMs, figures };
    this.#completed.set(domain, report);
    return report;
  }

  completed(domain: QemuDomain): JobReport | undefined {
    return this.#completed.get(domain);
  }

  forgetCompleted(domain: QemuDomain): void {
    this.#completed.delete(domain);
  }

  #elapsed({ startedMs }: Current): number {
    return Math.max(1, Math.round(this.#clock.monotonicMs() - startedMs));
  }
}

/** A report as clients are told, in libvirt's order. */
export function jobParameters(report: JobReport): TypedParameter[] {
  const { figures } = report;
  const ullong = (name: string, value: number | undefined): TypedParameter[] =>
    value === undefined ? [] : [ullongParameter(name, BigInt(Math.max(0, Math.round(value))))];
  const migration = figures?.migration;
  return [
    intParameter('operation', report.operation),
    ...ullong('time_elapsed', report.elapsedMs),
    ...ullong('downtime', migration?.downtimeMs),
    ...ullong('setup_time', migration?.setupMs),
    ...(migration === undefined ? [] : ullong('data_total', figures?.totalBytes)),
    ...(migration === undefined ? [] : ullong('data_processed', figures?.processedBytes)),
    ...(migration === undefined ? [] : ullong('data_remaining', figures?.remainingBytes)),
    ...ullong('memory_total', figures?.totalBytes),
    ...ullong('memory_processed', figures?.processedBytes),
    ...ullong('memory_remaining', figures?.remainingBytes),
    ...ullong('memory_bps', migration?.bytesPerSecond),
    ...ullong('memory_constant', migration?.constantPages),
    ...ullong('memory_normal', migration?.normalPages),
    ...ullong('memory_normal_bytes', migration?.normalBytes),
    ...ullong('memory_dirty_rate', migration?.dirtyPagesPerSecond),
    ...ullong('memory_iteration', migration?.iterations),
    ...ullong('memory_postcopy_requests', migration?.postcopyRequests),
    ...ullong('memory_page_size', migration?.pageBytes),
  ];
}

const numberIn = (from: Readonly<Record<string, unknown>>, name: string): number => Number(from[name] ?? 0);

/** What `query-migrate` answers; undefined while it has nothing to say. */
export function migrationFigures(reply: unknown): JobFigures | undefined {
  const answer = reply as Readonly<Record<string, unknown>>;
  const ram = answer.ram as Readonly<Record<string, unknown>> | undefined;
  if (ram === undefined) return undefined;
  const downtime = answer.downtime ?? answer['expected-downtime'];
  const setup = answer['setup-time'];
  return {
    totalBytes: numberIn(ram, 'total'),
    processedBytes: numberIn(ram, 'transferred'),
    remainingBytes: numberIn(ram, 'remaining'),
    migration: {
      downtimeMs: downtime === undefined ? undefined : Number(downtime),
      setupMs: setup === undefined ? undefined : Number(setup),
      bytesPerSecond: Math.trunc((numberIn(ram, 'mbps') * 1_000_000) / 8),
      constantPages: numberIn(ram, 'duplicate'),
      normalPages: numberIn(ram, 'normal'),
      normalBytes: numberIn(ram, 'normal-bytes'),
      dirtyPagesPerSecond: numberIn(ram, 'dirty-pages-rate'),
      iterations: numberIn(ram, 'dirty-sync-count'),
      postcopyRequests: numberIn(ram, 'postcopy-requests'),
      pageBytes: numberIn(ram, 'page-size'),
    },
  };
}

/** What `query-dump` answers. */
export function dumpFigures(reply: unknown): JobFigures {
  const { completed = 0, total = 0 } = reply as { completed?: number; total?: number };
  return { totalBytes: total, processedBytes: completed, remainingBytes: total - completed };
}
