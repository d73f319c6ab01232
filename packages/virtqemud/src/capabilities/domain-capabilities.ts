import { type DomainCapabilities, supports, unsupported } from '@modvirt/core/schema';
import type { QemuCaps } from '../plan/qemu-caps.js';
import { cpuModes } from './cpu-modes.js';
import { deviceCapabilities } from './device-capabilities.js';
import type { SevCapability } from './probe-result.js';
import type { Target } from './target.js';
import type { FirmwareReport, TargetHost } from './target-host.js';

/** What a domain of one kind may have. */
export function domainCapabilities(target: Target, host: TargetHost): DomainCapabilities {
  const { caps, machine, arch, virtType, accelerator } = target;
  const machineMax = machine?.maxCpus ?? 0;
  const most =
    accelerator === 'kvm' && host.kvmMaxVcpus !== undefined
      ? Math.min(machineMax, host.kvmMaxVcpus)
      : machineMax;
  return {
    path: caps.emulator,
    domain: virtType,
    ...(machine === undefined ? {} : { machine: machine.name }),
    arch,
    ...(most === 0 ? {} : { maxVcpus: most }),
    iothreads: supports(),
    os: osCapabilities(host.firmware),
    modes: cpuModes(target, host),
    memoryBacking: supports({
      sourceType: ['file', 'anonymous', ...(caps.has('memory-backend-memfd') ? ['memfd'] : [])],
    }),
    devices: deviceCapabilities(target, host),
    features: featureCapabilities(target, host),
  };
}

function osCapabilities({ kinds, paths, isSecure }: FirmwareReport): NonNullable<DomainCapabilities['os']> {
  return {
    ...supports({ firmware: kinds }),
    loader: {
      ...supports({
        type: ['rom', 'pflash'],
        readonly: ['yes', 'no'],
        secure: [...(isSecure ? ['yes'] : []), 'no'],
      }),
      values: paths.map((value) => ({ value })),
    },
  };
}

type FeatureCapabilities = NonNullable<DomainCapabilities['features']>;

const X86 = ['i686', 'x86_64'];

function featureCapabilities({ caps, arch }: Target, host: TargetHost): FeatureCapabilities {
  const has = (flag: string) => (caps.has(flag) ? supports() : unsupported);
  const { sev, sgx } = caps.probed;
  const hyperv = caps.hypervFeatures;
  return {
    gic: unsupported,
    vmcoreinfo: has('vmcoreinfo'),
    genid: has('vmgenid'),
    backingStoreInput: supports(),
    backup: supports(),
    'async-teardown': has('run-with.async-teardown'),
    ...(X86.includes(arch) ? { ps2: has('machine-i8042-opt') } : {}),
    sev: sev === undefined ? { supported: false } : sevElement(sev, host),
    sgx:
      sgx === undefined
        ? { supported: false, sections: [] }
        : {
            supported: true,
            flc: sgx.flc,
            sgx1: sgx.sgx1,
            sgx2: sgx.sgx2,
            section_size: { unit: 'KiB', size: sgx.sectionSizeKiB },
            sections: sgx.sections.map(({ node, sizeKiB }) => ({ node, size: sizeKiB, unit: 'KiB' })),
          },
    ...(hyperv.length === 0 ? {} : { hyperv: supports({ features: hyperv }) }),
    launchSecurity: launchSecurity(caps, arch),
  };
}

function sevElement(sev: SevCapability, { sevGuests }: TargetHost): NonNullable<FeatureCapabilities['sev']> {
  return {
    supported: true,
    cbitpos: sev.cbitpos,
    reducedPhysBits: sev.reducedPhysBits,
    maxGuests: sevGuests?.plain ?? 0,
    maxESGuests: sevGuests?.encryptedState ?? 0,
    ...(sev.cpu0Id === undefined ? {} : { cpu0Id: sev.cpu0Id }),
  };
}

function launchSecurity(caps: QemuCaps, arch: string) {
  const kinds = [
    ...(X86.includes(arch) && caps.has('sev-guest') ? ['sev'] : []),
    ...(X86.includes(arch) && caps.has('sev-snp-guest') ? ['sev-snp'] : []),
    ...(arch === 's390x' && caps.has('s390-pv-guest') ? ['s390-pv'] : []),
  ];
  return kinds.length === 0 ? unsupported : supports({ sectype: kinds });
}
