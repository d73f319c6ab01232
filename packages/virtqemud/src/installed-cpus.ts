import { existsSync, readFileSync } from 'node:fs';
import { type CpuMap, cpuMapFiles, readCpuMap } from '@modvirt/core/cpu';
import type { CpuSources } from './capabilities/known-cpus.js';

/** Where libvirt's packages put their description of CPUs. */
const DIRECTORY = '/usr/share/libvirt/cpu_map';

/** The CPUs that are described on this host; read when a guest first asks for one. */
export function installedCpus(): CpuSources {
  let map: CpuMap | undefined;
  return {
    map() {
      map ??= readMap();
      return map;
    },
    host: () => undefined,
  };
}

function readMap(): CpuMap | undefined {
  const read = (name: string) => readFileSync(`${DIRECTORY}/${name}`, 'utf8');
  if (!existsSync(`${DIRECTORY}/index.xml`)) return undefined;
  return readCpuMap(cpuMapFiles(read('index.xml'), 'x86').map(read));
}
