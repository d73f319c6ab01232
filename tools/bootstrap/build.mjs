// What is built, and whether it must be built again. The building itself is nx's: it knows the graph and keeps a cache.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory, repository } from './places.mjs';
import { run, step } from './setup.mjs';

const SOURCES = ['packages', 'tools'];

/** Builds the add-on and every bundle whose sources changed since the last time. */
export async function buildAll() {
  const stamp = join(cacheDirectory, 'build.stamp');
  const digest = sourcesDigest();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest && existsSync(join(repository, 'dist')))
    return;
  const done = step('building');
  run(process.execPath, [join(repository, 'packages/native/build.mjs')]);
  run(
    process.execPath,
    [join(repository, 'node_modules/nx/dist/bin/nx.js'), 'run-many', '-t', 'build', '--output-style=static'],
    {
      env: { ...process.env, NX_NO_CLOUD: 'true', NX_DAEMON: 'false' },
    },
  );
  mkdirSync(cacheDirectory, { recursive: true });
  writeFileSync(stamp, digest);
  done();
}

// Names, sizes and times are enough to see that nothing changed, and take milliseconds.
function sourcesDigest() {
  const sum = createHash('sha256').update(process.version);
  const visit = (directory) => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.name === 'node_modules' || entry.name === 'build' || entry.name === 'golden') continue;
      const path = join(directory, entry.name);
      if (entry.isDirectory()) visit(path);
      else {
        const { size, mtimeMs } = statSync(path);
        sum.update(`${path} ${size} ${mtimeMs}\n`);
      }
    }
  };
  for (const name of SOURCES) visit(join(repository, name));
  return sum.digest('hex');
}
