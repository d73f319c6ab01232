import { VirError } from '@modvirt/core/errors';
import {
  formatSources,
  type PoolSource,
  type PoolType,
  parseSource,
  poolTypeNames,
} from '@modvirt/core/schema';
import type { StorageDriver } from '../driver.js';

export interface SourceSearch {
  readonly type: string;
  /** A `<source>` that says where to look. */
  readonly specification: string | null;
}

/** What pools of a type could be made of. @throws VirError when such pools are not found by looking */
export async function findSources(
  driver: StorageDriver,
  { type, specification }: SourceSearch,
  signal: AbortSignal,
): Promise<string> {
  if (!isPoolType(type)) {
    throw VirError.of('INTERNAL_ERROR', `unknown storage pool type ${type}`, { domain: 'STORAGE' });
  }
  const { findSources: find } = driver.backend(type);
  if (find === undefined) {
    const detail = `pool type '${type}' does not support source discovery`;
    throw VirError.of('NO_SUPPORT', detail, { domain: 'STORAGE' });
  }
  return formatSources(await find(sourceOf(specification), signal));
}

function sourceOf(specification: string | null): PoolSource | undefined {
  return specification === null || specification === '' ? undefined : parseSource(specification);
}

const isPoolType = (type: string): type is PoolType => (poolTypeNames as readonly string[]).includes(type);
