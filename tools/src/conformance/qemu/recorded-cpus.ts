import type { CpuMap } from '@modvirt/core/cpu';
import type { CpuSources } from '@modvirt/virtqemud/capabilities';
import type { Corpus, CorpusCase } from '../case.js';
import { corpusCpuMap } from '../cpu-map.js';

interface HostCpuRow {
  readonly model: string;
  readonly vendor: string;
  readonly features: readonly string[];
}

/** Names of hosts' CPUs in cases and in the manifest. */
const HOSTS: Readonly<Record<string, string>> = { QEMU_CPU_DEF_HASWELL: 'cpuHaswellData' };
const DEFAULT_HOST = 'cpuDefaultData';

/** The CPUs that the corpus knows, and the one that a case pretends to run on. They are read when they are asked for. */
export function recordedCpus(it: CorpusCase, corpus: Corpus): CpuSources {
  let map: CpuMap | undefined;
  return {
    map() {
      map ??= corpusCpuMap(corpus);
      return map;
    },
    host() {
      const manifest = JSON.parse(corpus.read('MANIFEST.json')) as {
        readonly hostCpus: Readonly<Record<string, HostCpuRow>>;
      };
      const row = manifest.hostCpus[HOSTS[String(it.hostCpu)] ?? DEFAULT_HOST];
      if (row === undefined) return undefined;
      const features = row.features.map((name) => ({ name }));
      return { arch: 'x86_64', model: row.model, vendor: row.vendor, features, pages: [] };
    },
  };
}
