import { formatPoolCapabilities } from '@modvirt/core/schema';
import type { Suite } from '../case.js';
import { judgeText } from '../compare.js';

/** Kinds of pools, when a driver has all of them or only `fs`. */
export const storagepoolcaps: Suite = {
  name: 'storagepoolcaps',
  run: (it, corpus) =>
    judgeText(it, corpus, () =>
      formatPoolCapabilities((type) => it.driverState === 'fullCaps' || type === 'fs'),
    ),
};
