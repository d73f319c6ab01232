import { formatDomain, parseDomain } from '@modvirt/core/schema';
import { inputOf, type Suite } from '../case.js';
import { judgeText } from '../compare.js';
import { countedUuid, onPretendedHost } from '../pretended-host.js';

/** A suite of domains without a driver of their own: read, print, compare. */
function domainPrinting(name: string): Suite {
  return {
    name,
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
}

export const genericxml2xml = domainPrinting('genericxml2xml');
/** Containers. */
export const lxcxml2xml = domainPrinting('lxcxml2xml');
