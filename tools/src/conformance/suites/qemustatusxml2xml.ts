import { postParse, type QemuCaps } from '@modvirt/virtqemud/plan';
import { formatDomainStatus, parseDomainStatus } from '@modvirt/virtqemud/status';
import { inputOf, type Suite } from '../case.js';
import { judgeText } from '../compare.js';
import { countedUuid } from '../pretended-host.js';
import { newestContext } from '../qemu/case-context.js';

/** Status files: read by this release, whichever wrote them, and written again. */
export const qemustatusxml2xml: Suite = {
  name: 'qemustatusxml2xml',
  run: (it, corpus) =>
    judgeText(it, corpus, () => {
      const cx = newestContext(it, corpus);
      return formatDomainStatus(
        parseDomainStatus(corpus.read(inputOf(it)), {
          newUuid: countedUuid,
          memoryBackingDirectory: cx.config.memoryBackingDir,
          postParse: (domain, flags) => postParse(domain, { ...cx, caps: onlyFlags(cx.caps, flags) }),
        }),
      );
    }),
};

/** The emulator is not there to be asked: what is known of it are the flags that were kept. */
function onlyFlags(caps: QemuCaps, flags: ReadonlySet<string>): QemuCaps {
  return {
    ...caps,
    has: (flag) => flags.has(flag),
    machines: () => [],
    cpuModels: () => [],
    hostCpu: () => undefined,
  };
}
