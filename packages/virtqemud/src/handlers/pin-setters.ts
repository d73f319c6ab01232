import type { Call, Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import {
  checkFlags,
  editDefinitions,
  impactOf,
  withEmulatorPin,
  withIothreadPin,
  withVcpuPin,
} from '@modvirt/core/hypervisor';
import { stringParameter } from '@modvirt/core/protocol';
import { domainModificationImpact } from '@modvirt/core/protocol/constants';
import type { domainCpu } from '@modvirt/core/protocol/rows';
import { type Domain, formatNumberSet, type NumberSet } from '@modvirt/core/schema';
import type { QemuDriver } from '../driver.js';
import { queryIothreads } from '../monitor/other-queries.js';
import type { GuestRuntime } from '../process/guest-runtime.js';
import type { QemuDomain } from '../process/qemu-domain.js';
import { setAffinity, threadIds } from '../process/set-affinity.js';
import { iothreadNumber } from '../stats/guest-groups.js';
import { cpusIn } from './cpu-maps.js';

const { live: LIVE, config: CONFIG } = domainModificationImpact;

type Served = Pick<
  Handlers<typeof domainCpu>,
  'domainPinVcpu' | 'domainPinVcpuFlags' | 'domainPinEmulator' | 'domainPinIothread'
>;

/** One kind of thread: how its place shows in a definition, which threads it has, and how clients are told. */
interface Pin {
  readonly api: string;
  readonly cpus: NumberSet;
  readonly flags: number;
  readonly tunable: string;
  change(definition: Domain, which: 'live' | 'persistent'): Domain;
  threads(runtime: GuestRuntime, signal: AbortSignal): Promise<readonly number[]>;
}

/** Binds a guest's threads to processors of the host. */
export function pinSetters(driver: QemuDriver): Served {
  const { domains } = driver;
  const vcpuPin = (vcpu: number, cpumap: Uint8Array, flags: number): Pin => {
    const cpus = cpusIn(cpumap);
    return {
      api: 'virDomainPinVcpuFlags',
      cpus,
      flags,
      tunable: `cputune.vcpupin${vcpu}`,
      change: (definition, which) => withVcpuPin(definition, vcpu, cpus, which),
      threads: async ({ vcpuThreads }) => vcpuThreads.filter((it) => it.id === vcpu).map((it) => it.threadId),
    };
  };
  return {
    domainPinVcpu: ({ dom, vcpu, cpumap }, call) =>
      pin(driver, domains.byRef(dom), vcpuPin(vcpu, cpumap, LIVE), call),
    domainPinVcpuFlags: ({ dom, vcpu, cpumap, flags }, call) =>
      pin(driver, domains.byRef(dom), vcpuPin(vcpu, cpumap, flags), call),
    domainPinEmulator({ dom, cpumap, flags }, call) {
      const cpus = cpusIn(cpumap);
      const wanted: Pin = {
        api: 'virDomainPinEmulator',
        cpus,
        flags,
        tunable: 'cputune.emulatorpin',
        change: (definition) => withEmulatorPin(definition, cpus),
        threads: (runtime, signal) => emulatorThreads(driver, runtime, signal),
      };
      return pin(driver, domains.byRef(dom), wanted, call);
    },
    domainPinIothread({ dom, iothreadsId, cpumap, flags }, call) {
      const cpus = cpusIn(cpumap);
      const wanted: Pin = {
        api: 'virDomainPinIOThread',
        cpus,
        flags,
        tunable: `cputune.iothreadpin${iothreadsId}`,
        change: (definition, which) => withIothreadPin(definition, iothreadsId, cpus, which),
        threads: async ({ monitor }, signal) =>
          (await queryIothreads(monitor, signal))
            .filter((it) => iothreadNumber(it) === iothreadsId)
            .map((it) => it.threadId),
      };
      return pin(driver, domains.byRef(dom), wanted, call);
    },
  };
}

/** Those that neither run the guest nor move its data. */
async function emulatorThreads(
  driver: QemuDriver,
  { process, monitor, vcpuThreads }: GuestRuntime,
  signal: AbortSignal,
): Promise<number[]> {
  const others = new Set([
    ...vcpuThreads.map((it) => it.threadId),
    ...(await queryIothreads(monitor, signal)).map((it) => it.threadId),
  ]);
  return (await threadIds(driver.parts.files, process.pid)).filter((it) => !others.has(it));
}

async function pin(driver: QemuDriver, domain: QemuDomain, wanted: Pin, call: Call): Promise<void> {
  const { api, cpus, flags } = wanted;
  checkFlags(api, flags, LIVE | CONFIG, 'QEMU');
  await domain.withJob({ kind: 'modify', owner: api, signal: call.signal }, async (job) => {
    const impact = impactOf(flags, domain);
    if (cpus.length === 0) throw VirError.of('INVALID_ARG', 'Empty cpu list for pinning');
    const { live, persistent, runtime } = domain;
    // What cannot be is refused before a thread is moved.
    if (impact.config && persistent !== undefined) wanted.change(persistent, 'persistent');
    if (impact.live && live !== undefined && runtime !== undefined) {
      wanted.change(live, 'live');
      const threads = await wanted.threads(runtime, job.signal);
      await setAffinity(driver.parts.startPorts.processes, threads, cpus, job.signal);
      const params = [stringParameter(wanted.tunable, formatNumberSet(cpus))];
      driver.notifier.emit('domainTunable', domain.reference, { params });
    }
    await editDefinitions(driver, domain, impact, (definition, which) =>
      wanted.change(definition, which === 'live' ? 'live' : 'persistent'),
    );
  });
}
