import { formatMacTable, parseMacTable } from '@modvirt/virtnetworkd/plan';
import { inputOf, type Suite } from '../case.js';
import { compareWithFile } from '../compare.js';

/** Tables of MAC addresses: read, written, the same again. */
export const virmacmaptestdata: Suite = {
  name: 'raw:virmacmaptestdata',
  run(it, corpus) {
    const path = inputOf(it);
    return compareWithFile(formatMacTable(parseMacTable(corpus.read(path))), path, corpus);
  },
};
