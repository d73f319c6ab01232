import {
  alignBackup,
  type BackedUpDisk,
  type DomainBackup,
  formatBackup,
  parseBackup,
} from '@modvirt/core/schema';
import { inputOf, type Suite } from '../case.js';
import { judgeText } from '../compare.js';

/** Backup jobs: read, print, compare. */
export const domainbackup: Suite = {
  name: 'domainbackup',
  run: (it, corpus) =>
    judgeText(it, corpus, () => {
      const status = it.internalFormat === true;
      const backup = parseBackup(corpus.read(inputOf(it)));
      return formatBackup(alignBackup(backup, disksOf(backup), 'SUFFIX'), { status });
    }),
};

/** The harness's domain: a disk for each that the backup names, and one more. */
function disksOf(backup: DomainBackup): readonly BackedUpDisk[] {
  const names = [...backup.disks.map((it) => it.name), 'vdextradisk'];
  return names.map((name) => ({ name, path: `/fake/${name}.qcow2` }));
}
