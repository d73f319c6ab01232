import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Native } from './addon.js';

const FILE = 'modvirt.node';

/** The folder of the running code: of the bundle where it is one, else of this source. */
function ownDirectory(): string {
  if (typeof __dirname === 'string') return __dirname;
  return dirname(fileURLToPath(import.meta.url));
}

/** Where the addon may be, the best first. */
function candidates(): string[] {
  const here = ownDirectory();
  const places = [join(here, FILE), join(here, '..', FILE), join(here, '..', 'build', FILE)];
  const named = process.env.MODVIRT_NATIVE;
  return named === undefined || named === '' ? places : [named];
}

// As the dynamic linker does: loaded once for each thread, however many ask.
let loaded: Native | undefined;

/**
 * The addon, loaded when it is first asked for: the file that MODVIRT_NATIVE names, else modvirt.node beside the bundle or a
 * folder above it, else what the build left in this package.
 *
 * @throws Error that says where it was looked for and how it is built
 */
export function loadNative(): Native {
  if (loaded !== undefined) return loaded;
  const places = candidates();
  const place = places.find((path) => existsSync(path));
  if (place === undefined) {
    throw new Error(
      `the native addon is missing (${places.join(', ')}): build it with 'node packages/native/build.mjs'`,
    );
  }
  loaded = createRequire(place)(place) as Native;
  return loaded;
}
