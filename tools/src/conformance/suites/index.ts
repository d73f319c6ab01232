import type { Suite } from '../case.js';
import { cpu } from './cpu.js';
import { genericxml2xml, lxcxml2xml } from './domain-printing.js';
import { domainbackup } from './domainbackup.js';
import { domaincaps } from './domaincaps.js';
import { domaincheckpointxml2xml } from './domaincheckpointxml2xml.js';
import { domainsnapshotxml2xml } from './domainsnapshotxml2xml.js';
import { networkportxml2xml } from './networkportxml2xml.js';
import { networkxml2conf } from './networkxml2conf.js';
import { networkxml2firewall } from './networkxml2firewall.js';
import { networkxml2xml } from './networkxml2xml.js';
import { networkxml2xmlupdate } from './networkxml2xmlupdate.js';
import { qemublock } from './qemublock.js';
import { qemucapabilities } from './qemucapabilities.js';
import { qemucaps2xml } from './qemucaps2xml.js';
import { qemufirmware } from './qemufirmware.js';
import { qemumigparams } from './qemumigparams.js';
import { qemustatusxml2xml } from './qemustatusxml2xml.js';
import { qemuxmlactive2xml } from './qemuxmlactive2xml.js';
import { qemuxmlconf } from './qemuxmlconf.js';
import { secretxml2xml } from './secretxml2xml.js';
import { storagepoolcaps } from './storagepoolcaps.js';
import { storagepoolxml2argv } from './storagepoolxml2argv.js';
import { storagepoolxml2xml } from './storagepoolxml2xml.js';
import { storagevolxml2argv } from './storagevolxml2argv.js';
import { storagevolxml2xml } from './storagevolxml2xml.js';
import { vircaps2xml } from './vircaps2xml.js';
import { virmacmaptestdata } from './virmacmaptestdata.js';
import { wireTranscripts } from './wire-transcripts.js';

const all: readonly Suite[] = [
  cpu,
  domainbackup,
  domaincaps,
  domaincheckpointxml2xml,
  domainsnapshotxml2xml,
  genericxml2xml,
  lxcxml2xml,
  networkportxml2xml,
  networkxml2xml,
  networkxml2xmlupdate,
  networkxml2conf,
  networkxml2firewall,
  virmacmaptestdata,
  qemublock,
  qemucapabilities,
  qemucaps2xml,
  qemufirmware,
  qemumigparams,
  qemustatusxml2xml,
  qemuxmlactive2xml,
  qemuxmlconf,
  secretxml2xml,
  storagepoolcaps,
  storagepoolxml2argv,
  storagepoolxml2xml,
  storagevolxml2argv,
  storagevolxml2xml,
  wireTranscripts,
  vircaps2xml,
];

/** Every suite that can be run, by its name in the manifest. */
export const suites: ReadonlyMap<string, Suite> = new Map(all.map((it) => [it.name, it]));
