import { formatCapabilities } from '@modvirt/core/schema';
import { guestCapabilities } from '@modvirt/virtqemud/capabilities';
import { failed, inputOf, type Suite } from '../case.js';
import { compareWithFile } from '../compare.js';
import { readRecordedCaps } from '../qemu/recorded-caps.js';

/** The guests in capabilities, from a capability cache's file. */
export const qemucaps2xml: Suite = {
  name: 'qemucaps2xml',
  run(it, corpus) {
    const path = it.expect?.xml;
    if (path === undefined) return failed('the case names no file to compare with');
    const caps = readRecordedCaps(corpus.read(inputOf(it)), { add: [], remove: [] });
    // The harness leaves machine types out.
    const guest = guestCapabilities(caps.arch, { ...caps, machines: () => [] });
    const host = {
      cpu: { arch: caps.arch, features: [], pages: [] },
      power_management: {},
      iommu: { support: false },
      secmodels: [],
    };
    return compareWithFile(formatCapabilities({ host, guests: [guest] }), path, corpus);
  },
};
