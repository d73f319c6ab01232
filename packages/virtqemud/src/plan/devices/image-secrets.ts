import type { Assembly } from '../assembly.js';
import { cookieText } from '../block/cookies.js';
import type { BlockSecrets } from '../block/location.js';
import type { Disk, StorageSource } from '../definition/types.js';
import { addSealed, addSecret } from './secret.js';
import { tlsCredentials } from './tls.js';

/** What documents from before these belonged to the source say of a disk. */
export type OlderSecrets = Pick<Disk, 'auth' | 'encryption'>;

export interface ImageName {
  readonly nodePrefix: string;
  /** Whether it has a node for its format. */
  readonly hasFormat: boolean;
  /** Whether a helper, not QEMU, logs in where the image is. */
  readonly isServed?: boolean;
}

/** Objects that an image's nodes refer to. */
export function addImageSecrets(
  to: Assembly,
  { nodePrefix, hasFormat, isServed = false }: ImageName,
  source: StorageSource,
  older: OlderSecrets = {},
): BlockSecrets {
  const storage = `${nodePrefix}-storage`;
  const login = isServed ? {} : addLogin(to, storage, source, older);
  const encryption = source.source?.encryption ?? older.encryption;
  const layer = hasFormat ? `${nodePrefix}-format` : storage;
  const keys = (encryption?.secrets ?? []).map((secret, at) =>
    addSecret(to, `${layer}-encryption-secret${at}`, { ...secret, type: 'volume' }),
  );
  const cookie = isServed ? undefined : addCookies(to, storage, source);
  return { ...login, encryption: keys, cookie, tlsCredentials: addTls(to, source, storage) };
}

function addLogin(
  to: Assembly,
  storage: string,
  { source }: StorageSource,
  older: OlderSecrets,
): Pick<BlockSecrets, 'auth'> {
  const login = source?.auth ?? older.auth;
  return login === undefined ? {} : { auth: addSecret(to, `${storage}-auth-secret0`, login.secret) };
}

function addCookies(to: Assembly, storage: string, { type, source }: StorageSource): string | undefined {
  const cookies = type === 'network' ? (source?.cookies ?? []) : [];
  if (cookies.length === 0) return undefined;
  return addSealed(to, `${storage}-httpcookie-secret0`, new TextEncoder().encode(cookieText(cookies)));
}

function addTls(to: Assembly, source: StorageSource, storage: string): string | undefined {
  if (source.type !== 'network' || source.source?.protocol !== 'nbd') return undefined;
  const { config } = to.cx;
  if (!(source.source.tls ?? config.nbdTls)) return undefined;
  return tlsCredentials(to, {
    alias: storage,
    directory: config.nbdTlsX509certdir,
    isServer: false,
    verifyPeer: true,
    secretUuid: config.nbdTlsX509secretUuid,
    secretAlias: `obj${storage}_tls0-secret0`,
  });
}
