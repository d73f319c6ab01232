import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { avroSchemas } from './avro-schemas.js';
import type { GeneratedFile, Generator } from './generator.js';
import { protocolReference } from './protocol-reference.js';

export const generators: readonly Generator[] = [avroSchemas, protocolReference];

/** What stands in the tree below `repository` now. */
export function reader(repository: string): (path: string) => string | undefined {
  return (path) => {
    const full = join(repository, path);
    return existsSync(full) ? readFileSync(full, 'utf8') : undefined;
  };
}

/** The files that are not as they would be written. */
export async function staleFiles(repository: string): Promise<GeneratedFile[]> {
  const read = reader(repository);
  const all = await Promise.all(generators.map((generator) => generator.files(read)));
  return all.flat().filter(({ path, text }) => read(path) !== text);
}
