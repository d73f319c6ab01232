import type { Assembly } from '../assembly.js';
import type { SecretRef } from '../context.js';

/** Id of the key that seals all other secrets on the command line. */
export const MASTER_KEY_ID = 'masterKey0';

/** The object that holds a secret, sealed by the master key; answers its id. */
export function addSecret(to: Assembly, alias: string, ref: SecretRef): string {
  return addSealed(to, alias, to.cx.secrets.value(ref));
}

/** As `addSecret`, for a value that is at hand. */
export function addSealed(to: Assembly, alias: string, value: Uint8Array): string {
  const { data, iv } = to.cx.secrets.seal(value);
  to.out.object({ 'qom-type': 'secret', id: alias, data, keyid: MASTER_KEY_ID, iv, format: 'base64' });
  return alias;
}
