import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder `shared` beside the checkout (facts and test data that are not part of the project), or undefined.
 * It stands beside the checkout or beside one of the folders above it.
 */
export function sharedFolder(from: string): string | undefined {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const shared = join(folder, 'shared');
    if (existsSync(join(shared, 'protocol', 'programs.json'))) return shared;
  }
  return undefined;
}

export function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}
