import type { Call, Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags, editDefinitions, impactOf } from '@modvirt/core/hypervisor';
import { domainMemoryModFlags as flag } from '@modvirt/core/protocol/constants';
import type { domainMemory } from '@modvirt/core/protocol/rows';
import type { Domain } from '@modvirt/core/schema';
import type { QemuDriver } from '../driver.js';
import { setBalloonPeriod } from '../monitor/balloon-queries.js';
import { monitorFailure } from '../monitor/qmp-link.js';
import type { GuestRuntime } from '../process/guest-runtime.js';
import type { QemuDomain } from '../process/qemu-domain.js';

type Served = Pick<
  Handlers<typeof domainMemory>,
  'domainSetMaxMemory' | 'domainSetMemory' | 'domainSetMemoryFlags' | 'domainSetMemoryStatsPeriod'
>;

interface Wanted {
  readonly api: string;
  readonly memoryKiB: bigint;
  readonly flags: number;
}

/** How much memory a guest has, and how often it tells. */
export function memorySizeHandlers(driver: QemuDriver): Served {
  const { domains } = driver;
  const set = (domain: QemuDomain, wanted: Wanted, call: Call): Promise<void> =>
    setMemory(driver, domain, wanted, call);
  return {
    domainSetMaxMemory({ dom, memory }, call) {
      const wanted = { api: 'virDomainSetMaxMemory', memoryKiB: memory, flags: flag.maximum };
      return set(domains.byRef(dom), wanted, call);
    },
    domainSetMemory({ dom, memory }, call) {
      const wanted = { api: 'virDomainSetMemory', memoryKiB: memory, flags: flag.live };
      return set(domains.byRef(dom), wanted, call);
    },
    domainSetMemoryFlags({ dom, memory, flags }, call) {
      const wanted = { api: 'virDomainSetMemoryFlags', memoryKiB: memory, flags };
      return set(domains.byRef(dom), wanted, call);
    },
    async domainSetMemoryStatsPeriod({ dom, period, flags }, call) {
      const api = 'virDomainSetMemoryStatsPeriod';
      if (period < 0) {
        const text = `period in ${api} must be zero or greater`;
        throw VirError.invalidArgument(api, 'period', text, 'DOMAIN');
      }
      checkFlags(api, flags, flag.live | flag.config, 'QEMU');
      const domain = domains.byRef(dom);
      await domain.withJob({ kind: 'modify', owner: api, signal: call.signal }, async (job) => {
        const impact = impactOf(flags, domain);
        requireBalloon(domain.current);
        if (impact.live && domain.runtime !== undefined) {
          await tellBalloon(domain.runtime, domain.current, period, job.signal);
        }
        await editDefinitions(driver, domain, impact, (it) => withPeriod(it, period));
      });
    },
  };
}

async function setMemory(
  driver: QemuDriver,
  domain: QemuDomain,
  { api, memoryKiB, flags }: Wanted,
  call: Call,
): Promise<void> {
  if (memoryKiB === 0n) {
    throw VirError.invalidArgument(api, 'memory', `memory in ${api} must not be zero`, 'DOMAIN');
  }
  checkFlags('virDomainSetMemoryFlags', flags, flag.live | flag.config | flag.maximum, 'QEMU');
  await domain.withJob({ kind: 'modify', owner: api, signal: call.signal }, async (job) => {
    const impact = impactOf(flags, domain);
    if ((flags & flag.maximum) !== 0) {
      if (impact.live) {
        throw VirError.of('OPERATION_INVALID', 'cannot resize the maximum memory on an active domain');
      }
      return editDefinitions(driver, domain, impact, (it) => withMaximum(it, memoryKiB));
    }
    const { live, persistent, runtime } = domain;
    if (impact.config && persistent !== undefined) refuseAboveMaximum(persistent, memoryKiB);
    if (impact.live && live !== undefined && runtime !== undefined) {
      refuseAboveMaximum(live, memoryKiB);
      await inflate(runtime, live, memoryKiB, job.signal);
    }
    // What a guest that runs has, its balloon tells when it is there.
    await editDefinitions(driver, domain, { live: false, config: impact.config }, (it) =>
      withCurrent(it, memoryKiB),
    );
  });
}

function refuseAboveMaximum({ memory }: Domain, memoryKiB: bigint): void {
  if (memoryKiB <= memory.sizeKiB) return;
  throw VirError.of('INVALID_ARG', 'cannot set memory higher than max memory');
}

type Size = Domain['currentMemory'];

function withCurrent(domain: Domain, memoryKiB: bigint): Domain {
  return { ...domain, currentMemory: memoryKiB as Size };
}

function withMaximum(domain: Domain, memoryKiB: bigint): Domain {
  if ((domain.cpu?.numa?.cells.length ?? 0) > 0) {
    throw VirError.of(
      'INVALID_ARG',
      'initial memory size of a domain with NUMA nodes cannot be modified with this API',
    );
  }
  if (domain.maxMemory !== undefined && domain.maxMemory.sizeKiB < memoryKiB) {
    throw VirError.of('INVALID_ARG', 'cannot set initial memory size greater than the maximum memory size');
  }
  const currentMemory = domain.currentMemory > memoryKiB ? (memoryKiB as Size) : domain.currentMemory;
  return { ...domain, memory: { ...domain.memory, sizeKiB: memoryKiB as Size }, currentMemory };
}

function balloonOf({ devices }: Domain): Domain['devices']['memballoon'] {
  return devices.memballoon?.model === 'none' ? undefined : devices.memballoon;
}

async function inflate(
  { monitor }: GuestRuntime,
  live: Domain,
  memoryKiB: bigint,
  signal: AbortSignal,
): Promise<void> {
  if (balloonOf(live) === undefined) {
    throw VirError.of(
      'OPERATION_INVALID',
      'Unable to change memory of active domain without the balloon device and guest OS balloon driver',
    );
  }
  try {
    await monitor.execute('balloon', { value: memoryKiB * 1024n }, signal);
  } catch (error) {
    throw monitorFailure(error);
  }
}

function requireBalloon(domain: Domain): void {
  if (balloonOf(domain) !== undefined) return;
  throw VirError.of(
    'INTERNAL_ERROR',
    'No memory balloon device configured, can not set the collection period',
  );
}

async function tellBalloon(
  { monitor }: GuestRuntime,
  live: Domain,
  period: number,
  signal: AbortSignal,
): Promise<void> {
  const alias = balloonOf(live)?.alias;
  if (alias === undefined) return;
  try {
    await setBalloonPeriod(monitor, alias, period, signal);
  } catch (error) {
    throw monitorFailure(error);
  }
}

function withPeriod(domain: Domain, period: number): Domain {
  const { memballoon } = domain.devices;
  if (memballoon === undefined) return domain;
  const { stats: _old, ...rest } = memballoon;
  const changed = period === 0 ? rest : { ...rest, stats: period };
  return { ...domain, devices: { ...domain.devices, memballoon: changed } };
}
