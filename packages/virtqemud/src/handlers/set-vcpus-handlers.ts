import type { Call, Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags, editDefinitions, impactOf } from '@modvirt/core/hypervisor';
import { domainVcpuFlags as flag } from '@modvirt/core/protocol/constants';
import type { domainCpu } from '@modvirt/core/protocol/rows';
import type { Domain } from '@modvirt/core/schema';
import type { QemuDriver } from '../driver.js';
import { setLiveVcpus } from '../hotplug/vcpus.js';
import type { QemuDomain } from '../process/qemu-domain.js';
import { withMaximumVcpus, withVcpus } from '../process/vcpu-counts.js';
import { setGuestVcpuCount } from './agent-vcpu-count.js';

const KNOWN = flag.live | flag.config | flag.maximum | flag.guest | flag.hotpluggable;

type Served = Pick<Handlers<typeof domainCpu>, 'domainSetVcpus' | 'domainSetVcpusFlags'>;

interface Wanted {
  readonly api: string;
  readonly count: number;
  readonly flags: number;
}

/** How many processors a guest shall have. */
export function setVcpusHandlers(driver: QemuDriver): Served {
  const { domains } = driver;
  return {
    domainSetVcpus({ dom, nvcpus }, call) {
      const wanted = { api: 'virDomainSetVcpus', count: nvcpus, flags: flag.live };
      return setVcpus(driver, domains.byRef(dom), wanted, call);
    },
    domainSetVcpusFlags({ dom, nvcpus, flags }, call) {
      const wanted = { api: 'virDomainSetVcpusFlags', count: nvcpus, flags };
      return setVcpus(driver, domains.byRef(dom), wanted, call);
    },
  };
}

function checkArguments({ api, count, flags }: Wanted): void {
  const refuse = (argument: string, text: string): never => {
    throw VirError.invalidArgument(api, argument, text, 'DOMAIN');
  };
  const config = "'VIR_DOMAIN_AFFECT_CONFIG'";
  if ((flags & flag.maximum) !== 0 && (flags & flag.config) === 0) {
    refuse('ctl', `Flag ${config} is required by flag 'VIR_DOMAIN_VCPU_MAXIMUM'`);
  }
  if ((flags & flag.guest) !== 0 && (flags & flag.config) !== 0) {
    refuse('ctl', `Flags 'VIR_DOMAIN_VCPU_GUEST' and ${config} are mutually exclusive`);
  }
  if (count === 0) refuse('nvcpus', `nvcpus in ${api} must not be zero`);
}

async function setVcpus(driver: QemuDriver, domain: QemuDomain, wanted: Wanted, call: Call): Promise<void> {
  const { api, count, flags } = wanted;
  checkArguments(wanted);
  checkFlags('virDomainSetVcpusFlags', flags, KNOWN, 'QEMU');
  if ((flags & flag.guest) !== 0) return setGuestVcpuCount(driver, domain, count, call);
  await domain.withJob({ kind: 'modify', owner: api, signal: call.signal }, async (job) => {
    const impact = impactOf(flags, domain);
    const hotpluggable = (flags & flag.hotpluggable) !== 0;
    const isMaximum = (flags & flag.maximum) !== 0;
    const change = (definition: Domain): Domain =>
      isMaximum ? withMaximumVcpus(definition, count) : withVcpus(definition, count, hotpluggable);
    // What is refused for the next start is refused before the guest gets anything.
    if (impact.config && domain.persistent !== undefined) change(domain.persistent);
    const { live } = domain;
    if (impact.live && live !== undefined) {
      if (isMaximum) {
        throw VirError.of('INVALID_ARG', "maximum vcpu count of a live domain can't be modified");
      }
      if (count > live.vcpu.count) throw tooMany(count, live.vcpu.count);
      await setLiveVcpus(driver, domain, domain.liveJob(job), count);
    }
    await editDefinitions(driver, domain, { ...impact, live: false }, change);
  });
}

function tooMany(count: number, maximum: number): VirError {
  return VirError.of(
    'INVALID_ARG',
    `requested vcpus is greater than max allowable vcpus for the live domain: ${count} > ${maximum}`,
  );
}
