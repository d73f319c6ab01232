import { VirError } from '@modvirt/core/errors';
import { formatVolume, parsePool, parseVolume } from '@modvirt/core/schema';
import { failed, inputOf, passed, type Suite } from '../case.js';
import { countedUuid } from '../pretended-host.js';

/** Pools that are none, by their names. */
export const storagepoolschemadata: Suite = {
  name: 'raw:storagepoolschemadata',
  run(it, corpus) {
    const path = inputOf(it);
    const mustFail = path.includes('-invalid');
    try {
      parsePool(corpus.read(path), { newUuid: countedUuid, validate: true });
    } catch (error) {
      if (error instanceof VirError && mustFail) return passed;
      throw error;
    }
    return mustFail ? failed('is accepted') : passed;
  },
};

/** Volumes that are read, and printed the same after they were read again. */
export const storagevolschemadata: Suite = {
  name: 'raw:storagevolschemadata',
  run(it, corpus) {
    const options = { pool: 'dir', capacity: 'none' } as const;
    const once = formatVolume(parseVolume(corpus.read(inputOf(it)), options));
    return formatVolume(parseVolume(once, options)) === once ? passed : failed('is not stable');
  },
};
