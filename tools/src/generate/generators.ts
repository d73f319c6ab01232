import { existsSync, readdirSync, readFileSync } from 'node:fs';
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

export async function generatedFiles(repository: string): Promise<readonly GeneratedFile[]> {
  const read = reader(repository);
  const all = await Promise.all(generators.map((generator) => generator.files(read)));
  return all.flat();
}

/** The files that are not as they would be written. */
export async function staleFiles(repository: string): Promise<readonly GeneratedFile[]> {
  const read = reader(repository);
  return (await generatedFiles(repository)).filter(({ path, text }) => read(path) !== text);
}

/** Folders that hold nothing but what is generated: a file there that nobody would write is left from before. */
const WHOLLY_GENERATED = ['docs/reference', 'packages/core/golden/avro'];

/** The files that no generator would write any more. */
export async function leftOverFiles(repository: string): Promise<readonly string[]> {
  const written = new Set((await generatedFiles(repository)).map(({ path }) => path));
  const present = WHOLLY_GENERATED.filter((folder) => existsSync(join(repository, folder))).flatMap(
    (folder) => readdirSync(join(repository, folder)).map((name) => `${folder}/${name}`),
  );
  return present.filter((path) => !written.has(path));
}
