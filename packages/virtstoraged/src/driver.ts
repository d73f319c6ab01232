import { VirError } from '@modvirt/core/errors';
import type { EventLog } from '@modvirt/core/events';
import type { Scope } from '@modvirt/core/jobs';
import { DefinitionStore } from '@modvirt/core/objects';
import type { Clock, Files, Logger } from '@modvirt/core/ports';
import { type PoolType, poolTypeNames } from '@modvirt/core/schema';
import type { DriverPaths } from '@modvirt/core/uri';
import type { Uuid } from '@modvirt/core/wire';
import type { PoolBackend } from './backends/pool-backend.js';
import { PoolList } from './pools/pool-list.js';
import { PoolNotifier } from './pools/pool-notifier.js';

export interface StorageDriverParts {
  readonly paths: DriverPaths;
  readonly files: Files;
  readonly clock: Clock;
  readonly log: Logger;
  readonly scope: Scope;
  readonly events: EventLog;
  /** What does the work, by the pool's type; those that are not there cannot be had on this host. */
  readonly backends: ReadonlyMap<PoolType, PoolBackend>;
  readonly secrets: VolumeSecrets;
  newUuid(): Uuid;
}

/** Secrets of encrypted volumes. */
export interface VolumeSecrets {
  /** @throws VirError NO_SECRET */
  passphrase(name: VolumeSecretName, signal: AbortSignal): Promise<Uint8Array>;
  /** The secret that is meant for the volume at `path`; undefined when there is none. */
  uuidFor(path: string, signal: AbortSignal): Promise<Uuid | undefined>;
}

export interface VolumeSecretName {
  readonly uuid?: Uuid | undefined;
  readonly usage?: string | undefined;
}

/** What the daemon holds: its ports, its pools, and where they are kept. */
export class StorageDriver {
  readonly parts: StorageDriverParts;
  readonly pools: PoolList;
  /** Definitions, and which of them start by themselves. */
  readonly store: DefinitionStore;
  /** Pools that are active, so that a restart finds them. */
  readonly states: DefinitionStore;
  readonly notifier: PoolNotifier;

  constructor(parts: StorageDriverParts) {
    const { paths, files, log } = parts;
    this.parts = parts;
    this.pools = new PoolList(parts.clock);
    this.notifier = new PoolNotifier(parts.events);
    const places = { directory: paths.definitions, autostartDirectory: paths.autostart, kind: 'pool' };
    this.store = new DefinitionStore(places, files, log);
    this.states = new DefinitionStore({ directory: paths.state, kind: 'pool' }, files, log);
  }

  get log(): Logger {
    return this.parts.log;
  }

  /** @throws VirError INTERNAL_ERROR for a kind of pool that this host cannot have */
  backend(type: PoolType): PoolBackend {
    const found = this.parts.backends.get(type);
    if (found !== undefined) return found;
    const detail = `missing backend for pool type ${poolTypeNames.indexOf(type)} (${type})`;
    throw VirError.of('INTERNAL_ERROR', detail, { domain: 'STORAGE' });
  }
}

/** @throws VirError NO_SUPPORT when a pool's kind cannot do what was asked */
export function mustSupport<T>(method: T | undefined, what: string): T {
  if (method !== undefined) return method;
  throw VirError.of('NO_SUPPORT', `storage pool does not support ${what}`, { domain: 'STORAGE' });
}
