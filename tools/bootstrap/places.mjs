import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the checkout. */
export const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What may be deleted and is made again. */
export const cacheDirectory = join(repository, '.cache');
