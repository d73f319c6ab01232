import { type CpuDefinition, type CpuMap, guestCpuOf } from '@modvirt/core/cpu';
import type { HostCpu } from '@modvirt/core/schema';
import type { KnownCpus } from '../plan/context.js';
import type { QemuCaps } from '../plan/qemu-caps.js';
import { decodeHostCpu, offeredModels } from './decode-host-cpu.js';

/** Features that hosts have and QEMU gives to no guest. */
const NOT_FOR_GUESTS: ReadonlySet<string> = new Set(['cmt', 'mbm_total', 'mbm_local', 'osxsave', 'ospke']);

/** Where descriptions of CPUs come from; asked when a guest first needs one. */
export interface CpuSources {
  /** Undefined where no description of CPUs is installed. */
  map(): CpuMap | undefined;
  host(): HostCpu | undefined;
}

/** What is known of CPUs for guests of one emulator. */
export function knownCpus(caps: QemuCaps, sources: CpuSources): KnownCpus {
  const offered: KnownCpus['offered'] = (accelerator) => {
    const map = sources.map();
    return map === undefined ? [] : offeredModels(map, caps.cpuModels(accelerator));
  };
  return {
    map: () => sources.map(),
    offered,
    hostModel(accelerator, migratable) {
      const map = sources.map();
      if (map === undefined) return undefined;
      const told = caps.hostCpu(accelerator);
      if (told === undefined) return withoutHostsOwn(sources.host());
      const decoded = decodeHostCpu(map, told, { offered: offered(accelerator), migratable });
      return { type: 'guest', cpu: guestCpuOf(decoded, true) };
    },
  };
}

/** The host as it is, where the emulator does not tell. */
function withoutHostsOwn(host: HostCpu | undefined): CpuDefinition | undefined {
  if (host === undefined) return undefined;
  const features = host.features.filter((it) => !NOT_FOR_GUESTS.has(it.name));
  return { type: 'host', cpu: { ...host, features } };
}
