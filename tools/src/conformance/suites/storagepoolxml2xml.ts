import { formatPool, parsePool } from '@modvirt/core/schema';
import { inputOf, type Suite } from '../case.js';
import { judgeText } from '../compare.js';
import { countedUuid } from '../pretended-host.js';

/** Storage pools: read, print, compare. */
export const storagepoolxml2xml: Suite = {
  name: 'storagepoolxml2xml',
  run: (it, corpus) =>
    judgeText(it, corpus, () => formatPool(parsePool(corpus.read(inputOf(it)), { newUuid: countedUuid }))),
};
