import { type DomainSnapshot, formatSnapshot, parseSnapshot } from '@modvirt/core/schema';
import { parseUuid } from '@modvirt/core/wire';
import { type CorpusCase, inputOf, type Suite } from '../case.js';
import { judgeText } from '../compare.js';
import { flagsOf } from '../parameters.js';
import { countedUuid } from '../pretended-host.js';

/** Snapshots: read, print with what the case's flags set before, compare. */
export const domainsnapshotxml2xml: Suite = {
  name: 'domainsnapshotxml2xml',
  run: (it, corpus) =>
    judgeText(it, corpus, () => {
      const snapshot = parseSnapshot(corpus.read(inputOf(it)), {
        redefine: it.redefine === true,
        ...(typeof it.creationTime === 'number' ? { nowSeconds: BigInt(it.creationTime) } : {}),
        newUuid: countedUuid,
      });
      const uuid = typeof it.domainUuid === 'string' ? parseUuid(it.domainUuid) : undefined;
      return formatSnapshot(asAsked(snapshot, it), uuid, { secure: true });
    }),
};

function asAsked(snapshot: DomainSnapshot, it: CorpusCase): DomainSnapshot {
  const flags = flagsOf(it);
  const { active, ...rest } = snapshot;
  const internal = flags.has('TEST_INTERNAL') && active !== undefined ? { active } : {};
  return { ...rest, ...internal, ...(flags.has('TEST_RUNNING') ? { state: 'running' } : {}) };
}
