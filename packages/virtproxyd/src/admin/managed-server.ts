import { VirError } from '@modvirt/core/errors';
import { readParameters, type TypedParameter, uintParameter } from '@modvirt/core/protocol';
import type { ClientSet } from '../client/client-set.js';

export interface WorkerNumbers {
  readonly minWorkers: number;
  readonly maxWorkers: number;
  readonly prioWorkers: number;
}

const WORKER_TYPES = { minWorkers: 'uint', maxWorkers: 'uint', prioWorkers: 'uint' } as const;
const LIMIT_TYPES = { nclients_max: 'uint', nclients_unauth_max: 'uint' } as const;

/** A server of this daemon as administrators see it: its clients, its limits, and libvirt's numbers of workers. */
export class ManagedServer {
  readonly name: string;
  readonly clients: ClientSet;
  #workers: WorkerNumbers;

  constructor(name: string, clients: ClientSet, workers: WorkerNumbers) {
    this.name = name;
    this.clients = clients;
    this.#workers = workers;
  }

  /**
   * One thread does all the work here and is always free for the next call: it counts as the one worker. The other numbers are
   * those that were configured, so that tools find what they set.
   */
  threadpool(): readonly TypedParameter[] {
    const { minWorkers, maxWorkers, prioWorkers } = this.#workers;
    let waiting = 0;
    for (const client of this.clients) waiting += client.waitingCalls;
    return [
      uintParameter('minWorkers', minWorkers),
      uintParameter('maxWorkers', maxWorkers),
      uintParameter('nWorkers', 1),
      uintParameter('freeWorkers', 1),
      uintParameter('prioWorkers', prioWorkers),
      uintParameter('jobQueueDepth', waiting),
    ];
  }

  /** @throws VirError */
  setThreadpool(params: readonly TypedParameter[]): void {
    const wanted = { ...this.#workers, ...readParameters(params, WORKER_TYPES) };
    if (wanted.minWorkers > wanted.maxWorkers) {
      throw VirError.of('INVALID_ARG', 'minWorkers cannot be larger than maxWorkers');
    }
    this.#workers = wanted;
  }

  limits(): readonly TypedParameter[] {
    const { limits, size, anonymous } = this.clients;
    return [
      uintParameter('nclients_max', limits.maxClients),
      uintParameter('nclients', size),
      uintParameter('nclients_unauth_max', limits.maxAnonymousClients),
      uintParameter('nclients_unauth', anonymous),
    ];
  }

  /** @throws VirError */
  setLimits(params: readonly TypedParameter[]): void {
    const given = readParameters(params, LIMIT_TYPES);
    const { limits } = this.clients;
    const maxClients = given.nclients_max ?? limits.maxClients;
    const maxAnonymousClients = given.nclients_unauth_max ?? limits.maxAnonymousClients;
    if (maxAnonymousClients > maxClients) {
      const text =
        'The overall maximum number of clients waiting for authentication must not be less than the overall maximum number of clients';
      throw VirError.of('INVALID_ARG', text, { domain: 'RPC' });
    }
    this.clients.setLimits({ maxClients, maxAnonymousClients });
  }
}
