import { VirError } from '@modvirt/core/errors';
import { JobQueue } from '@modvirt/core/jobs';
import type { Clock } from '@modvirt/core/ports';
import type { Pool, Volume } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';

/** A volume of an active pool. */
export interface PoolVolume {
  readonly volume: Volume;
  /** Changes when the file does: what is known of an unchanged file is not looked up again. */
  readonly stamp: string;
}

/** What looking at a pool has found. */
export interface PoolContents {
  readonly capacity: bigint;
  readonly allocation: bigint;
  readonly available: bigint;
  readonly volumes: ReadonlyMap<string, PoolVolume>;
  /** Of the target, as it is. */
  readonly permissions?: NonNullable<NonNullable<Pool['target']>['permissions']>;
}

/** What is done with a volume that others must not disturb: `build` hides it from all, `use` only from its end. */
export type VolumeHold = 'build' | 'use';

/** A pool, defined or running or both. */
export class StoragePool {
  readonly jobs: JobQueue;
  /** The definition that is in force. */
  definition: Pool;
  /** What the next start uses, where that is something else. */
  nextDefinition: Pool | undefined;
  isPersistent = false;
  isActive = false;
  autostart = false;
  #volumes: Map<string, PoolVolume> = new Map();
  /** The look at its volumes that is under way; whoever wants another one waits for this. */
  refreshing: Promise<void> | undefined;
  readonly #holds = new Map<string, { build: number; use: number }>();

  constructor(definition: Pool, clock: Clock) {
    this.definition = definition;
    this.jobs = new JobQueue(clock);
  }

  get name(): string {
    return this.definition.name;
  }

  get uuid(): Uuid {
    return this.definition.uuid;
  }

  get reference(): { readonly name: string; readonly uuid: Uuid } {
    return { name: this.name, uuid: this.uuid };
  }

  get volumes(): ReadonlyMap<string, PoolVolume> {
    return this.#volumes;
  }

  /** Whether something goes on with one of its volumes. */
  get isBusy(): boolean {
    return this.#holds.size > 0;
  }

  /** Takes over what was found. */
  setContents(contents: PoolContents): void {
    const { capacity, allocation, available, permissions } = contents;
    const { target } = this.definition;
    this.definition = {
      ...this.definition,
      capacity,
      allocation,
      available,
      ...(target === undefined || permissions === undefined ? {} : { target: { ...target, permissions } }),
    };
    this.#volumes = new Map(contents.volumes);
  }

  setVolume(name: string, volume: PoolVolume | undefined): void {
    if (volume === undefined) this.#volumes.delete(name);
    else this.#volumes.set(name, volume);
  }

  clearVolumes(): void {
    this.#volumes.clear();
  }

  isHeld(name: string, how: VolumeHold): boolean {
    return (this.#holds.get(name)?.[how] ?? 0) > 0;
  }

  /** Runs `body` while the volume is held. */
  async holding<T>(name: string, how: VolumeHold, body: () => Promise<T>): Promise<T> {
    const hold = this.#holds.get(name) ?? { build: 0, use: 0 };
    this.#holds.set(name, hold);
    hold[how]++;
    try {
      return await body();
    } finally {
      hold[how]--;
      if (hold.build === 0 && hold.use === 0) this.#holds.delete(name);
    }
  }

  /** @throws VirError OPERATION_INVALID when it is not active */
  mustBeActive(): void {
    if (!this.isActive) throw invalid(`storage pool '${this.name}' is not active`);
  }

  /** @throws VirError INTERNAL_ERROR while something goes on with one of its volumes */
  mustBeIdle(): void {
    if (!this.isBusy) return;
    throw VirError.of('INTERNAL_ERROR', `pool '${this.name}' has asynchronous jobs running.`, {
      domain: 'STORAGE',
    });
  }
}

export function invalid(detail: string): VirError {
  return VirError.of('OPERATION_INVALID', detail, { domain: 'STORAGE' });
}
