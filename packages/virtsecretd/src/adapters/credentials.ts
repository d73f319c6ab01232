import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Files } from '@modvirt/core/ports';
import type { Seal } from '../secrets/secret-files.js';

/** What systemd's LoadCredential= is to call the key with which values are kept. */
const CREDENTIAL = 'secrets-encryption-key';
const KEY_BYTES = 32;
const IV_BYTES = 16;
const ALGORITHM = 'aes-256-cbc';

/**
 * The seal for values on disk; undefined when this host was given no key.
 *
 * @throws Error when there is a key that cannot be one
 */
export async function sealFromCredentials(
  files: Files,
  directory: string | undefined,
): Promise<Seal | undefined> {
  if (directory === undefined) return undefined;
  const path = `${directory}/${CREDENTIAL}`;
  if ((await files.info(path)) === undefined) return undefined;
  const key = await files.read(path, { maxBytes: 4096 });
  if (key.length !== KEY_BYTES) throw new Error(`${path} has ${key.length} bytes in place of ${KEY_BYTES}`);
  return aesSeal(key);
}

/** A random block, then the value under AES in chains of blocks. */
export function aesSeal(key: Uint8Array): Seal {
  return {
    suffix: 'aes256cbc',
    close(value) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, iv);
      return Buffer.concat([iv, cipher.update(value), cipher.final()]);
    },
    open(sealed) {
      const cipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, IV_BYTES));
      return Buffer.concat([cipher.update(sealed.subarray(IV_BYTES)), cipher.final()]);
    },
  };
}
