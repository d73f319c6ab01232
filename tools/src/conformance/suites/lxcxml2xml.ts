import { formatDomain, parseDomain } from '@modvirt/core/schema';
import { inputOf, type Suite } from '../case.js';
import { judgeText } from '../compare.js';
import { countedUuid, onPretendedHost } from '../pretended-host.js';

/** Containers: read, print, compare. */
export const lxcxml2xml: Suite = {
  name: 'lxcxml2xml',
  run: (it, corpus) =>
    judgeText(it, corpus, () => {
      const inactive = it.parseInactive === true;
      const domain = parseDomain(corpus.read(inputOf(it)), {
        inactive,
        newUuid: countedUuid,
        postParse: onPretendedHost,
      });
      return formatDomain(domain, { secure: true, inactive });
    }),
};
