import { VirError } from '@modvirt/core/errors';
import type { Volume } from '@modvirt/core/schema';
import type { StorageDriver } from '../driver.js';
import type { PoolVolume, StoragePool } from '../pools/storage-pool.js';

/** What opens an encrypted volume; undefined for one that is not. @throws VirError when it cannot be had */
export async function passphraseOf(
  driver: StorageDriver,
  { target }: Volume,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const { encryption } = target;
  if (encryption === undefined) return undefined;
  const [secret, ...others] = encryption.secrets;
  if (secret === undefined || others.length > 0) {
    const detail = "A single <secret type='passphrase'...> element is expected in encryption description";
    throw VirError.of('INVALID_ARG', detail, { domain: 'STORAGE' });
  }
  return driver.parts.secrets.passphrase(secret, signal);
}

/** Gives encrypted volumes the secrets that are meant for their paths. Secrets that cannot be asked for are left out. */
export async function findSecrets(
  driver: StorageDriver,
  pool: StoragePool,
  signal: AbortSignal,
): Promise<void> {
  for (const [name, known] of pool.volumes) {
    const { encryption, path } = known.volume.target;
    if (encryption === undefined || encryption.secrets.length > 0 || path === undefined) continue;
    try {
      const uuid = await driver.parts.secrets.uuidFor(path, signal);
      if (uuid !== undefined)
        pool.setVolume(name, withSecret(known, { ...encryption, secrets: [{ type: 'passphrase', uuid }] }));
    } catch (error) {
      if (!(error instanceof VirError)) throw error;
      driver.log.warn('secrets of volumes cannot be looked for', { pool: pool.name, error });
      return;
    }
  }
}

type Encryption = NonNullable<Volume['target']['encryption']>;

function withSecret({ stamp, volume }: PoolVolume, encryption: Encryption): PoolVolume {
  return { stamp, volume: { ...volume, target: { ...volume.target, encryption } } };
}
