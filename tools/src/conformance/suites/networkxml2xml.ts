import { formatNetwork, parseNetwork } from '@modvirt/core/schema';
import { inputOf, type Suite } from '../case.js';
import { judgeText } from '../compare.js';
import { countedUuid } from '../pretended-host.js';

/** Networks: read, print, compare. */
export const networkxml2xml: Suite = {
  name: 'networkxml2xml',
  run: (it, corpus) =>
    judgeText(it, corpus, () => {
      const network = parseNetwork(corpus.read(inputOf(it)), { newUuid: countedUuid });
      return formatNetwork(network, { inactive: it.formatFlags === 'VIR_NETWORK_XML_INACTIVE' });
    }),
};
