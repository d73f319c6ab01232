import { formatDomainCapabilities } from '@modvirt/core/schema';
import {
  capsOf,
  domainCapabilities,
  type FirmwareReport,
  type ProbedCaps,
  parseCacheFile,
  type Target,
  type TargetHost,
} from '@modvirt/virtqemud/capabilities';
import { type Corpus, type CorpusCase, failed, type Suite } from '../case.js';
import { compareWithFile } from '../compare.js';
import { corpusCpuMap } from '../cpu-map.js';

/** What domains may have, from an emulator's recorded answers. */
export const domaincaps: Suite = {
  name: 'domaincaps',
  run(it, corpus) {
    const path = it.expect?.xml;
    if (path === undefined) return failed('the case names no file to compare with');
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
    firmware: pretendedFirmware(target),
    hasVfio: true,
    tpmVersions: pretendedTpm(caps.version),
    sevGuests: { plain: 59, encryptedState: 450 },
    kvmMaxVcpus: undefined,
  };
}

function pretendedFirmware({ machine }: Target): FirmwareReport {
  return {
    kinds: ['bios', 'efi'],
    paths: ['/obviously/fake/firmware1.fd', '/obviously/fake/firmware2.fd'],
    isSecure: machine?.name.startsWith('pc-q35-') ?? false,
  };
}

/** The harness lets its TPM emulator grow with QEMU. */
function pretendedTpm(version: number): readonly string[] {
  if (version < 6_000_000) return ['1.2'];
  return version < 7_000_000 ? ['1.2', '2.0'] : ['2.0'];
}
