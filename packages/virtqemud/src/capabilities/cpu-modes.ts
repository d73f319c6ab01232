import type { CpuMap, DecodedCpu } from '@modvirt/core/cpu';
import { type CustomCpuModel, type DomainCapabilities, supports, unsupported } from '@modvirt/core/schema';
import { decodeHostCpu, offeredModels } from './decode-host-cpu.js';
import type { ProbedCpuModel } from './probe-result.js';
import type { Target } from './target.js';
import type { TargetHost } from './target-host.js';

type Modes = DomainCapabilities['modes'];
type Mode = Modes[number];

/** `<cpu>`: how a guest's CPU may be described, and which models there are. */
export function cpuModes(target: Target, host: TargetHost): Modes {
  const { caps, accelerator } = target;
  const migratable = [...(caps.has('cpu.migratable') ? ['on'] : []), 'off'];
  const models = modelsOf(target);
  return [
    {
      name: 'host-passthrough',
      ...(accelerator === 'tcg' ? unsupported : supports({ hostPassthroughMigratable: migratable })),
    },
    { name: 'maximum', ...(caps.has('cpu-max') ? supports({ maximumMigratable: migratable }) : unsupported) },
    hostModelMode(target, host),
    customMode(models, host.cpus),
  ];
}

function modelsOf({ caps, accelerator }: Target): readonly ProbedCpuModel[] {
  return caps.probed.accelerators.find((it) => it.accelerator === accelerator)?.cpuModels ?? [];
}

function hostModelMode(target: Target, { cpus, physicalAddressBits }: TargetHost): Mode {
  const decoded = cpus === undefined ? undefined : hostModelOf(cpus, target);
  if (decoded === undefined) return { name: 'host-model', supported: false, features: [] };
  const isLimited = target.accelerator === 'kvm' && physicalAddressBits !== undefined;
  return {
    name: 'host-model',
    supported: true,
    model: { fallback: 'forbid', name: decoded.model },
    ...(decoded.vendor === undefined ? {} : { vendor: decoded.vendor }),
    ...(isLimited ? { maxphysaddr: { mode: 'passthrough', limit: physicalAddressBits } } : {}),
    features: [...decoded.features],
  };
}

/** The CPU that guests get where they ask for the host's; undefined where the emulator does not tell. */
export function hostModelOf(cpus: CpuMap, target: Target): DecodedCpu | undefined {
  const { caps, accelerator } = target;
  const host = caps.probed.accelerators.find((it) => it.accelerator === accelerator)?.hostCpu;
  if (host === undefined) return undefined;
  return decodeHostCpu(cpus, host, { offered: offeredModels(cpus, modelsOf(target)), migratable: false });
}

function customMode(models: readonly ProbedCpuModel[], cpus: CpuMap | undefined): Mode {
  const known = models
    .flatMap((it) => customModel(it, cpus))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  return { name: 'custom', supported: known.length > 0, models: known };
}

/** Only models whose features are known. */
function customModel(model: ProbedCpuModel, cpus: CpuMap | undefined): readonly CustomCpuModel[] {
  const known = cpus?.model(model.name);
  if (cpus === undefined || known === undefined) return [];
  const canonical = cpus.canonicalName(model.name);
  // QEMU names a feature for every state component that needs it.
  const blockers = [...new Set(model.blockers.map((it) => cpus.nameFromQemu(it) ?? it))].sort();
  return [
    {
      usable: model.usable === undefined ? 'unknown' : model.usable ? 'yes' : 'no',
      ...(model.deprecated ? { deprecated: true } : {}),
      vendor: known.vendor?.name ?? 'unknown',
      ...(canonical === undefined ? {} : { canonical }),
      name: model.name,
      blockers,
    },
  ];
}
