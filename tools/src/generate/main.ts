import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { leftOverFiles, staleFiles } from './generators.js';

/** Writes what is generated and committed; npm runs it at the top of the repository. */
async function main(): Promise<void> {
  const repository = process.cwd();
  const stale = await staleFiles(repository);
  for (const { path, text } of stale) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), text);
    console.log(`wrote ${path}`);
  }
  const leftOver = await leftOverFiles(repository);
  for (const path of leftOver) {
    rmSync(join(repository, path));
    console.log(`removed ${path}`);
  }
  if (stale.length + leftOver.length === 0) console.log('everything generated is up to date');
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
