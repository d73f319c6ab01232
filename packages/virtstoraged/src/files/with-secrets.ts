import type { SecretFile, VolumeFiles } from './volume-files.js';

/** Numbers of the descriptors under which a tool finds its secrets. */
const FIRST = 3;

export interface HandedSecrets {
  readonly descriptors: { readonly [target: number]: number };
  /** What the tool is told to open for each secret that was given; undefined for those that were not. */
  readonly paths: readonly (string | undefined)[];
}

/** Runs `body` while its tools can read the secrets; nothing of them is left in a directory. */
export async function withSecrets<T>(
  files: VolumeFiles,
  secrets: readonly (Uint8Array | undefined)[],
  body: (handed: HandedSecrets) => Promise<T>,
): Promise<T> {
  const open: SecretFile[] = [];
  try {
    const descriptors: Record<number, number> = {};
    const paths: (string | undefined)[] = [];
    for (const secret of secrets) {
      if (secret === undefined) {
        paths.push(undefined);
        continue;
      }
      const file = await files.secretFile(secret);
      const target = FIRST + open.length;
      open.push(file);
      descriptors[target] = file.descriptor;
      paths.push(`/dev/fd/${target}`);
    }
    return await body({ descriptors, paths });
  } finally {
    for (const file of open) await file.close();
  }
}
