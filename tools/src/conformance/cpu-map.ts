import { type CpuMap, cpuMapFiles, readCpuMap } from '@modvirt/core/cpu';
import type { Corpus } from './case.js';

/** The x86 CPUs that the corpus knows. */
export function corpusCpuMap(corpus: Corpus): CpuMap {
  const names = cpuMapFiles(corpus.read('cpu_map/index.xml'), 'x86');
  return readCpuMap(names.map((name) => corpus.read(`cpu_map/${name}`)));
}
