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

/** Where something that the build made may be, the best first. */
function placesOf(file: string): string[] {
  const here = ownDirectory();
  return [join(here, file), join(here, '..', file), join(here, '..', 'build', file)];
}

/**
 * A program that is built with the addon, and lies where the addon does.
 *
 * @throws Error that says where it was looked for and how it is built
 */
export function findProgram(file: string): string {
  const places = placesOf(file);
  const place = places.find((path) => existsSync(path));
  if (place !== undefined) return place;
  throw new Error(
    `${file} is missing (${places.join(', ')}): build it with 'node packages/native/build.mjs'`,
  );
}

function candidates(): string[] {
  const places = placesOf(FILE);
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
