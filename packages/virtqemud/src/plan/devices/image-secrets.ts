import type { Assembly } from '../assembly.js';
import { cookieText } from '../block/cookies.js';
import type { BlockSecrets } from '../block/location.js';
import type { Disk, StorageSource } from '../definition/types.js';
import { addSealed, addSecret } from './secret.js';
import { tlsCredentials } from './tls.js';

/** What documents from before these belonged to the source say of a disk. */
export type OlderSecrets = Pick<Disk, 'auth' | 'encryption'>;

/** Objects that an image's nodes refer to. */
export function addImageSecrets(
  to: Assembly,
  nodePrefix: string,
  source: StorageSource,
  older: OlderSecrets = {},
): BlockSecrets {
  const storage = `${nodePrefix}-storage`;
  const login = source.source?.auth ?? older.auth;
  const encryption = source.source?.encryption ?? older.encryption;
  const auth =
    login === undefined
      ? undefined
      : addSecret(to, `${storage}-auth-secret0`, { ...login.secret, type: login.secret.type });
  const layer = encryption?.engine === 'librbd' ? storage : `${nodePrefix}-format`;
  const keys = (encryption?.secrets ?? []).map((secret, at) =>
    addSecret(to, `${layer}-encryption-secret${at}`, { ...secret, type: 'volume' }),
  );
  const cookies = source.type === 'network' ? (source.source?.cookies ?? []) : [];
  const cookie =
    cookies.length === 0
      ? undefined
      : addSealed(to, `${storage}-httpcookie-secret0`, new TextEncoder().encode(cookieText(cookies)));
  return { auth, encryption: keys, cookie, tlsCredentials: addTls(to, source, storage) };
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
