import { formatDomain } from '@modvirt/core/schema';
import { type CorpusCase, failed, inputOf, passed, type Suite } from '../case.js';
import { compareWithFile } from '../compare.js';
import { caseContext } from '../qemu/case-context.js';
import { parseGuest } from '../qemu/parse-guest.js';

/** The emulator of these cases, which name none. */
const NEWEST = { qemuVersion: '10.0.0', capsFile: 'qemucapabilitiesdata/caps_10.0.0_x86_64.replies' };

/** A running guest's document, printed as it runs and as it is defined. */
export const qemuxmlactive2xml: Suite = {
  name: 'qemuxmlactive2xml',
  run(it, corpus) {
    const emulated: CorpusCase = { ...it, ...NEWEST };
    const domain = parseGuest(corpus.read(inputOf(it)), caseContext(emulated, corpus), false);
    const verdicts = (['active', 'inactive'] as const).map((form) => {
      const path = it.expect?.[form];
      const text = formatDomain(domain, { secure: true, inactive: form === 'inactive' });
      return path === undefined ? passed : compareWithFile(text, path, corpus);
    });
    const details = verdicts.flatMap((verdict) => (verdict.status === 'failed' ? [verdict.detail] : []));
    return details.length === 0 ? passed : failed(details.join('\n'));
  },
};
