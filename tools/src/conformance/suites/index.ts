import type { Suite } from '../case.js';
import { genericxml2xml } from './genericxml2xml.js';
import { qemuxmlconf } from './qemuxmlconf.js';

/** Every suite that can be run, by its name in the manifest. */
export const suites: ReadonlyMap<string, Suite> = new Map(
  [genericxml2xml, qemuxmlconf].map((it) => [it.name, it]),
);
