import { formatNetworkPort, parseNetworkPort } from '@modvirt/core/schema';
import { inputOf, type Suite } from '../case.js';
import { judgeText } from '../compare.js';
import { countedUuid } from '../pretended-host.js';

/** Ports of networks: read, print, compare. */
export const networkportxml2xml: Suite = {
  name: 'networkportxml2xml',
  run: (it, corpus) =>
    judgeText(it, corpus, () =>
      formatNetworkPort(parseNetworkPort(corpus.read(inputOf(it)), { newUuid: countedUuid })),
    ),
};
