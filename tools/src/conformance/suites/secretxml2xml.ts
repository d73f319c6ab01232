import { formatSecret, parseSecret } from '@modvirt/core/schema';
import { inputOf, type Suite } from '../case.js';
import { judgeText } from '../compare.js';
import { countedUuid } from '../pretended-host.js';

/** Secrets: read, print, compare. */
export const secretxml2xml: Suite = {
  name: 'secretxml2xml',
  run: (it, corpus) =>
    judgeText(it, corpus, () =>
      formatSecret(parseSecret(corpus.read(inputOf(it)), { newUuid: countedUuid })),
    ),
};
