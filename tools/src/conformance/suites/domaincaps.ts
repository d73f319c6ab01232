import { type DomainCapabilities, formatDomainCapabilities, unsupported } from '@modvirt/core/schema';
import {
  capsOf,
  domainCapabilities,
  type FirmwareReport,
  type ProbedCaps,
  parseCacheFile,
  type Target,
  type TargetHost,
} from '@modvirt/virtqemud/capabilities';
import { supportedFirmware } from '@modvirt/virtqemud/plan';
import { type Corpus, type CorpusCase, failed, type Suite } from '../case.js';
import { compareWithFile } from '../compare.js';
import { corpusCpuMap } from '../cpu-map.js';
import { recordedFirmware } from '../qemu/recorded-firmware.js';

/** What domains may have, from an emulator's recorded answers. */
export const domaincaps: Suite = {
  name: 'domaincaps',
  run(it, corpus) {
    const path = it.expect?.xml;
    if (path === undefined) return failed('the case names no file to compare with');
    if (it.driver === 'empty') return compareWithFile(formatDomainCapabilities(NOTHING), path, corpus);
    if (it.driver !== 'qemu') return { status: 'skipped', detail: `driver '${it.driver}'` };
    if (typeof it.input !== 'string') return { status: 'skipped', detail: 'the corpus lacks the recording' };
    const recorded = it.input.replace(/\.replies$/, '.xml');
    const { stamp, result } = parseCacheFile(corpus.read(recorded));
    const caps = capsOf(stamp.emulator, result);
    const target = targetOf(it, caps);
    const text = formatDomainCapabilities(domainCapabilities(target, pretendedHost(caps, target, corpus)));
    return compareWithFile(text, path, corpus);
  },
};

/** A hypervisor that says nothing of itself. */
const NOTHING: DomainCapabilities = {
  path: '/bin/emulatorbin',
  domain: 'kvm',
  machine: 'my-machine-type',
  arch: 'x86_64',
  modes: [
    { name: 'host-passthrough', ...unsupported },
    { name: 'maximum', ...unsupported },
    { name: 'host-model', supported: false, features: [] },
    { name: 'custom', supported: false, models: [] },
  ],
  devices: {},
  features: { sev: { supported: false }, sgx: { supported: false, sections: [] } },
};

function targetOf(it: CorpusCase, caps: ProbedCaps): Target {
  const accelerator = it.virttype === 'kvm' || it.virttype === 'hvf' ? it.virttype : 'tcg';
  const machines = caps.machines(accelerator);
  const named = String(it.machine).startsWith('default machine') ? undefined : it.machine;
  const machine =
    named === undefined ? machines[0] : machines.find(({ name, alias }) => name === named || alias === named);
  const virtType = accelerator === 'tcg' ? 'qemu' : accelerator;
  return { caps, emulator: caps.emulator, arch: String(it.arch), accelerator, virtType, machine };
}

/** The harness's host: two firmwares that are not there, everything that can be switched on. */
function pretendedHost(caps: ProbedCaps, target: Target, corpus: Corpus): TargetHost {
  return {
    cpus: corpusCpuMap(corpus),
    physicalAddressBits: 64,
    firmware: pretendedFirmware(target, corpus),
    hasVfio: true,
    tpmVersions: pretendedTpm(caps.version),
    sevGuests: { plain: 59, encryptedState: 450 },
    kvmMaxVcpus: undefined,
  };
}

function pretendedFirmware({ machine, arch }: Target, corpus: Corpus): FirmwareReport {
  const { descriptors } = recordedFirmware(corpus);
  const { kinds, isSecure } = supportedFirmware(descriptors, arch, machine?.name ?? '');
  return { kinds, isSecure, paths: ['/obviously/fake/firmware1.fd', '/obviously/fake/firmware2.fd'] };
}

/** The harness lets its TPM emulator grow with QEMU. */
function pretendedTpm(version: number): readonly string[] {
  if (version < 6_000_000) return ['1.2'];
  return version < 7_000_000 ? ['1.2', '2.0'] : ['2.0'];
}
