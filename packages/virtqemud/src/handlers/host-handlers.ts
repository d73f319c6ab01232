import type { Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags, nodeHandlers } from '@modvirt/core/hypervisor';
import { stringParameter, type TypedParameter, uintParameter } from '@modvirt/core/protocol';
import type { connect, node } from '@modvirt/core/protocol/rows';
import { formatCapabilities, formatDomainCapabilities, formatHostSysinfo } from '@modvirt/core/schema';
import { domainCapabilities } from '../capabilities/domain-capabilities.js';
import { guestCapabilities } from '../capabilities/guest-capabilities.js';
import type { SevCapability } from '../capabilities/probe-result.js';
import { resolveTarget } from '../capabilities/target.js';
import type { QemuDriver } from '../driver.js';

/** What the host is, and which guests it can run. */
export function hostHandlers(driver: QemuDriver): Handlers<typeof connect> {
  return {
    async connectGetCapabilities(_args, call) {
      return { capabilities: await capabilitiesXml(driver, call.signal) };
    },
    async connectGetDomainCapabilities({ flags, ...request }, call) {
      checkFlags('virConnectGetDomainCapabilities', flags, DISABLE_DEPRECATED_FEATURES, 'QEMU');
      const target = await resolveTarget(driver.targets, request, call.signal);
      const found = domainCapabilities(target, await driver.parts.targetFacts.hostFor(target));
      return { capabilities: formatDomainCapabilities(found) };
    },
    async connectGetSysinfo({ flags }) {
      checkFlags('virConnectGetSysinfo', flags, 0, 'QEMU');
      return { sysinfo: formatHostSysinfo(await driver.parts.firmware.sysinfo()) };
    },
  };
}

/** VIR_CONNECT_GET_DOMAIN_CAPABILITIES_DISABLE_DEPRECATED_FEATURES: there are such features on s390x only. */
const DISABLE_DEPRECATED_FEATURES = 1;

async function capabilitiesXml(driver: QemuDriver, signal: AbortSignal): Promise<string> {
  const { machine, emulators, capabilities, log } = driver.parts;
  const [host, found] = await Promise.all([
    machine.capabilities({
      securityModels: driver.securityModels,
      migrationTransports: ['tcp', 'rdma'],
    }),
    emulators.all(signal),
  ]);
  const guests = await Promise.all(
    found.map(async ({ arch, emulator }) => {
      try {
        return [guestCapabilities(arch, await capabilities.get(emulator, signal))];
      } catch (error) {
        // One that does not start takes nothing from the others.
        signal.throwIfAborted();
        log.warn('an emulator cannot be asked what it can do', { emulator, error });
        return [];
      }
    }),
  );
  return formatCapabilities({ host, guests: guests.flat() });
}

/** The host's figures, and what its platform offers to encrypted guests. */
export function qemuNodeHandlers(driver: QemuDriver): Handlers<typeof node> {
  return {
    ...nodeHandlers(driver.parts.machine.reader, driver.errorDomain),
    nodeGetSecurityModel() {
      const [first] = driver.securityModels;
      return { model: first?.model ?? '', doi: first?.doi ?? '' };
    },
    async nodeGetSevInfo({ nparams, flags }, call) {
      const { sev } = (await driver.hostCapabilities(call.signal)).probed;
      if (sev === undefined) {
        const detail = 'QEMU does not support SEV guest';
        throw VirError.of('OPERATION_UNSUPPORTED', detail, { domain: 'QEMU' });
      }
      checkFlags('virNodeGetSEVInfo', flags, TYPED_STRING_OKAY, 'QEMU');
      const params = sevParameters(sev);
      return { params: nparams === 0 ? [] : params.slice(0, nparams), nparams: params.length };
    },
  };
}

const TYPED_STRING_OKAY = 4;

function sevParameters(sev: SevCapability): TypedParameter[] {
  return [
    stringParameter('pdh', sev.pdh),
    stringParameter('cert-chain', sev.certChain),
    ...(sev.cpu0Id === undefined ? [] : [stringParameter('cpu0-id', sev.cpu0Id)]),
    uintParameter('cbitpos', sev.cbitpos),
    uintParameter('reduced-phys-bits', sev.reducedPhysBits),
  ];
}
