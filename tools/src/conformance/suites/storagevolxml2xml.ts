import { formatVolume, parsePool, parseVolume } from '@modvirt/core/schema';
import type { CorpusCase, Suite } from '../case.js';
import { judgeText } from '../compare.js';
import { countedUuid } from '../pretended-host.js';

/** Volumes: read for the pool's type, print, compare. */
export const storagevolxml2xml: Suite = {
  name: 'storagevolxml2xml',
  run: (it, corpus) =>
    judgeText(it, corpus, () => {
      const { pool, volume } = it.input as { readonly pool: string; readonly volume: string };
      const { type } = parsePool(corpus.read(pool), { newUuid: countedUuid });
      return formatVolume(parseVolume(corpus.read(volume), { pool: type, capacity: capacityOf(it) }));
    }),
};

function capacityOf(it: CorpusCase): 'required' | 'optional' | 'none' {
  const flags = JSON.stringify(it.parseFlags ?? '');
  if (flags.includes('NO_CAPACITY')) return 'none';
  return flags.includes('OPT_CAPACITY') ? 'optional' : 'required';
}
