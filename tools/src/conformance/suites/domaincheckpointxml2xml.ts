import {
  type CheckpointDisk,
  type DomainCheckpoint,
  formatCheckpoint,
  parseCheckpoint,
} from '@modvirt/core/schema';
import { type CorpusCase, inputOf, type Suite } from '../case.js';
import { judgeText } from '../compare.js';
import { flagsOf, timeOf } from '../parameters.js';
import { countedUuid } from '../pretended-host.js';

/** Checkpoints: read, print with what the case's flags set before, compare. */
export const domaincheckpointxml2xml: Suite = {
  name: 'domaincheckpointxml2xml',
  run: (it, corpus) =>
    judgeText(it, corpus, () => {
      const checkpoint = parseCheckpoint(corpus.read(inputOf(it)), {
        redefine: it.redefine === true,
        nowSeconds: timeOf(it),
        newUuid: countedUuid,
      });
      return formatCheckpoint(asAsked(checkpoint, it), { secure: true });
    }),
};

function asAsked(checkpoint: DomainCheckpoint, it: CorpusCase): DomainCheckpoint {
  const flags = flagsOf(it);
  const { name = '' } = checkpoint;
  const disks = flags.has('TEST_VDA_BITMAP') ? withBitmap(checkpoint.disks, name) : checkpoint.disks;
  const sized = disks.map((disk) => (flags.has('TEST_SIZE') ? { ...disk, size: 1_048_576n } : disk));
  return { ...checkpoint, disks: sized, ...(flags.has('TEST_PARENT') ? { parent: '1525111885' } : {}) };
}

/** The disk vda, added when it is not there, with a bitmap called like the checkpoint. */
function withBitmap(disks: readonly CheckpointDisk[], bitmap: string): readonly CheckpointDisk[] {
  const listed = disks.length === 0 ? [{ name: 'vda' }] : disks;
  return listed.map((disk) => (disk.name === 'vda' ? { ...disk, checkpoint: 'bitmap', bitmap } : disk));
}
