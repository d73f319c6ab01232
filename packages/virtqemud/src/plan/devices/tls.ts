import type { Assembly } from '../assembly.js';
import { addSecret } from './secret.js';

interface TlsSetup {
  /** What the credentials are for; their id is `obj<alias>_tls0`. */
  readonly alias: string;
  readonly directory: string;
  readonly isServer: boolean;
  readonly verifyPeer: boolean;
  /** Secret that opens the private key. */
  readonly secretUuid?: string | undefined;
  /** Alias of that secret's object. */
  readonly secretAlias?: string | undefined;
}

/** Adds TLS credentials; answers their id. */
export function tlsCredentials(to: Assembly, setup: TlsSetup): string {
  const id = `obj${setup.alias}_tls0`;
  const passwordid =
    setup.secretUuid === undefined
      ? undefined
      : addSecret(to, setup.secretAlias ?? `${setup.alias}-secret0`, { type: 'tls', uuid: setup.secretUuid });
  to.out.object({
    'qom-type': 'tls-creds-x509',
    id,
    dir: setup.directory,
    endpoint: setup.isServer ? 'server' : 'client',
    'verify-peer': setup.verifyPeer,
    passwordid,
  });
  return id;
}
