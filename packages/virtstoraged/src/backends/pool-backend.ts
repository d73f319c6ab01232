import type { NewVolume, Pool, Volume } from '@modvirt/core/schema';
import type { OpenVolume } from '../files/volume-files.js';
import type { PoolContents, PoolVolume } from '../pools/storage-pool.js';

export interface BuildOptions {
  readonly overwrite: boolean;
  readonly noOverwrite: boolean;
}

export interface CreateOptions {
  /** What is copied into it. */
  readonly source?: Volume;
  readonly preallocate: boolean;
  /** What opens it, and what it is copied from. */
  readonly passphrase?: Uint8Array;
  readonly sourcePassphrase?: Uint8Array;
  readonly reflink: boolean;
}

export interface ResizeOptions {
  readonly bytes: bigint;
  readonly allocate: boolean;
  readonly shrink: boolean;
  readonly passphrase?: Uint8Array;
}

export interface RemoveOptions {
  /** VIR_STORAGE_VOL_DELETE_…; each kind of pool knows its own. */
  readonly flags: number;
  readonly signal: AbortSignal;
}

/**
 * What one kind of pool can do. What it cannot is not there, and its callers are told so. Errors are VirErrors; every wait ends
 * with `signal`.
 */
export interface PoolBackend {
  /** Whether the pool is active already, as after a restart of the daemon. */
  isActive(pool: Pool, signal: AbortSignal): Promise<boolean>;
  /** Removes what a daemon that was killed left half done. */
  clear?(pool: Pool): Promise<void>;
  start?(pool: Pool, signal: AbortSignal): Promise<void>;
  build?(pool: Pool, options: BuildOptions, signal: AbortSignal): Promise<void>;
  stop?(pool: Pool, signal: AbortSignal): Promise<void>;
  /** Removes what the pool stands on. */
  remove?(pool: Pool, signal: AbortSignal): Promise<void>;
  /** @param known what an earlier look found; files that have not changed are not opened again */
  refresh(pool: Pool, known: ReadonlyMap<string, PoolVolume>, signal: AbortSignal): Promise<PoolContents>;
  /** How much room there is. */
  usage?(pool: Pool): Promise<Pick<PoolContents, 'capacity' | 'allocation' | 'available'>>;
  /** Where a new volume will be. @throws VirError for a name that cannot be */
  place?(pool: Pool, volume: NewVolume): { readonly path: string; readonly key: string };
  /** The volume is there whole when it resolves, and not at all when it rejects. */
  create?(pool: Pool, volume: NewVolume, options: CreateOptions, signal: AbortSignal): Promise<PoolVolume>;
  /** The volume as it is now; undefined when somebody has taken it away. */
  look?(pool: Pool, name: string, known: PoolVolume): Promise<PoolVolume | undefined>;
  removeVolume?(pool: Pool, volume: Volume, options: RemoveOptions): Promise<void>;
  resize?(pool: Pool, volume: Volume, options: ResizeOptions, signal: AbortSignal): Promise<void>;
  open?(pool: Pool, volume: Volume, access: 'read' | 'write'): Promise<OpenVolume>;
  wipe?(pool: Pool, volume: Volume, algorithm: number, signal: AbortSignal): Promise<void>;
}
