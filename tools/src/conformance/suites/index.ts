import type { Suite } from '../case.js';
import { cpu } from './cpu.js';
import { domainbackup } from './domainbackup.js';
import { domaincaps } from './domaincaps.js';
import { domaincheckpointxml2xml } from './domaincheckpointxml2xml.js';
import { domainsnapshotxml2xml } from './domainsnapshotxml2xml.js';
import { genericxml2xml } from './genericxml2xml.js';
import { lxcxml2xml } from './lxcxml2xml.js';
import { qemucapabilities } from './qemucapabilities.js';
import { qemucaps2xml } from './qemucaps2xml.js';
import { qemufirmware } from './qemufirmware.js';
import { qemuxmlconf } from './qemuxmlconf.js';
import { vircaps2xml } from './vircaps2xml.js';
import { wireTranscripts } from './wire-transcripts.js';

const all: readonly Suite[] = [
  cpu,
  domainbackup,
  domaincaps,
  domaincheckpointxml2xml,
  domainsnapshotxml2xml,
  genericxml2xml,
  lxcxml2xml,
  qemucapabilities,
  qemucaps2xml,
  qemufirmware,
  qemuxmlconf,
  wireTranscripts,
  vircaps2xml,
];

/** Every suite that can be run, by its name in the manifest. */
export const suites: ReadonlyMap<string, Suite> = new Map(all.map((it) => [it.name, it]));
