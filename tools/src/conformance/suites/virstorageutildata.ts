import { formatSources } from '@modvirt/core/schema';
import { parseGlusterVolumes } from '@modvirt/virtstoraged/plan';
import { inputOf, type Suite } from '../case.js';
import { compareWithFile } from '../compare.js';

/** What `gluster` prints of its volumes, as sources of pools; a file of either kind is judged by the other. */
export const virstorageutildata: Suite = {
  name: 'raw:virstorageutildata',
  run(it, corpus) {
    const path = inputOf(it);
    const [, base = '', kind] = /^(.*)-(src|native|netfs)\.xml$/.exec(path) ?? [];
    const pool = kind === 'netfs' ? 'netfs' : 'gluster';
    const found = parseGlusterVolumes(corpus.read(`${base}-src.xml`), 'testhost', pool);
    return compareWithFile(formatSources(found), kind === 'src' ? `${base}-native.xml` : path, corpus);
  },
};
