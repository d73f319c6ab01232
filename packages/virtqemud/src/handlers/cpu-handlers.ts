import {
  ARCHITECTURES,
  baselineOf,
  type CpuDefinition,
  type CpuMap,
  compareCpus,
  expandFeatures,
  formatCpu,
  guestCpuOf,
  incompatibleError,
  parseCpu,
  parseHostCpus,
} from '@modvirt/core/cpu';
import type { Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags } from '@modvirt/core/hypervisor';
import {
  connectBaselineCPUFlags,
  connectCompareCPUFlags,
  cPUCompareResult,
} from '@modvirt/core/protocol/constants';
import type { nodeCpu } from '@modvirt/core/protocol/rows';
import { hostModelOf } from '../capabilities/cpu-modes.js';
import { offeredModels } from '../capabilities/decode-host-cpu.js';
import { resolveTarget, type Target } from '../capabilities/target.js';
import type { QemuDriver } from '../driver.js';

const COMPARE_FLAGS = connectCompareCPUFlags.failIncompatible | connectCompareCPUFlags.validateXml;
const BASELINE_FLAGS = connectBaselineCPUFlags.expandFeatures | connectBaselineCPUFlags.migratable;

/** What CPUs are, and what the host and its emulators can do of them. */
export function cpuHandlers(driver: QemuDriver): Handlers<typeof nodeCpu> {
  const { machine } = driver.parts;
  return {
    connectGetMaxVcpus: async ({ type }) => ({ maxVcpus: await maxVcpus(driver, type ?? undefined) }),
    async connectGetCpuModelNames({ arch, needResults, flags }) {
      checkFlags('virConnectGetCPUModelNames', flags, 0, 'QEMU');
      const models = await modelNames(driver, arch);
      return { models: needResults === 0 ? [] : [...models], ret: models.length };
    },
    async connectCompareCpu({ xml, flags }) {
      checkFlags('virConnectCompareCPU', flags, COMPARE_FLAGS, 'QEMU');
      const cpu = parseCpu(xml, validates(flags));
      const host = await machine.cpuDefinition();
      return { result: compare(await knownCpus(driver), host, cpu, flags) };
    },
    async connectBaselineCpu({ xmlCPUs, flags }) {
      checkFlags('virConnectBaselineCPU', flags, BASELINE_FLAGS, 'QEMU');
      requireSome('virConnectBaselineCPU', xmlCPUs);
      const cpus = parseHostCpus(xmlCPUs);
      const map = await knownCpus(driver);
      const cpu = baselineOf(map, cpus, { migratable: (flags & connectBaselineCPUFlags.migratable) !== 0 });
      const whole = (flags & connectBaselineCPUFlags.expandFeatures) === 0 ? cpu : expandFeatures(map, cpu);
      return { cpu: formatCpu({ type: 'guest', cpu: whole }) };
    },
    ...hypervisorHandlers(driver),
  };
}

function hypervisorHandlers(driver: QemuDriver): Handlers<typeof nodeCpu> {
  return {
    async connectCompareHypervisorCpu({ emulator, xmlCPU, flags, ...request }, call) {
      checkFlags('virConnectCompareHypervisorCPU', flags, COMPARE_FLAGS, 'QEMU');
      const target = await resolveTarget(driver.targets, { ...request, emulatorbin: emulator }, call.signal);
      const map = await knownCpus(driver);
      const host = hostModelDefinition(map, target);
      return { result: compare(map, host, parseCpu(xmlCPU, validates(flags)), flags) };
    },
    async connectBaselineHypervisorCpu({ emulator, xmlCPUs, flags, ...request }, call) {
      checkFlags('virConnectBaselineHypervisorCPU', flags, BASELINE_FLAGS, 'QEMU');
      requireSome('virConnectBaselineHypervisorCPU', xmlCPUs);
      const cpus = xmlCPUs.map((xml) => parseCpu(xml));
      const target = await resolveTarget(driver.targets, { ...request, emulatorbin: emulator }, call.signal);
      const map = await knownCpus(driver);
      const migratable = (flags & connectBaselineCPUFlags.migratable) !== 0;
      const found = baselineOf(map, cpus, {
        migratable,
        offered: offeredModels(map, cpuModelsOf(target)),
        features: featuresOf(map, target, migratable),
      });
      const cpu = { ...found, model: { ...found.model, fallback: 'forbid' as const } };
      const whole = (flags & connectBaselineCPUFlags.expandFeatures) === 0 ? cpu : expandFeatures(map, cpu);
      return { cpu: formatCpu({ type: 'guest', cpu: whole }) };
    },
  };
}

function validates(flags: number): boolean {
  return (flags & connectCompareCPUFlags.validateXml) !== 0;
}

function compare(map: CpuMap, host: CpuDefinition, cpu: CpuDefinition, flags: number): number {
  const found = compareCpus(map, host, cpu);
  const fails = (flags & connectCompareCPUFlags.failIncompatible) !== 0;
  if (found.result === 'incompatible' && fails) throw incompatibleError(found.reason);
  return cPUCompareResult[found.result];
}

function requireSome(api: string, texts: readonly string[]): void {
  if (texts.length > 0) return;
  throw VirError.invalidArgument(api, 'xmlCPUs', `xmlCPUs in ${api} must not be NULL`, 'DOMAIN');
}

async function knownCpus(driver: QemuDriver): Promise<CpuMap> {
  const map = await driver.parts.machine.cpus.x86();
  if (map !== undefined) return map;
  throw VirError.of('INTERNAL_ERROR', 'CPU map is not installed', { domain: 'CPU' });
}

/** @throws VirError when the emulator does not tell which CPU guests get where they ask for the host's */
function hostModelDefinition(map: CpuMap, target: Target): CpuDefinition {
  const decoded = hostModelOf(map, target);
  if (decoded !== undefined) return { type: 'guest', cpu: guestCpuOf(decoded, true) };
  const { caps, virtType } = target;
  const detail = `QEMU '${caps.emulator}' does not support reporting CPU model for virttype '${virtType}'`;
  throw VirError.of('OPERATION_UNSUPPORTED', detail, { domain: 'QEMU' });
}

function cpuModelsOf({ caps, accelerator }: Target) {
  return caps.probed.accelerators.find((it) => it.accelerator === accelerator)?.cpuModels ?? [];
}

function featuresOf(map: CpuMap, { caps, accelerator }: Target, migratable: boolean): readonly string[] {
  const host = caps.probed.accelerators.find((it) => it.accelerator === accelerator)?.hostCpu;
  return (host?.properties ?? [])
    .filter((it) => typeof it.value === 'boolean' && !(migratable && it.migratable === false))
    .map((it) => map.nameFromQemu(it.name) ?? it.name);
}

/** Architectures whose CPUs have no list of models: any is passed on. */
const ANY_MODEL = [
  'armv6l',
  'armv7b',
  'armv7l',
  'aarch64',
  's390',
  's390x',
  'riscv32',
  'riscv64',
  'loongarch64',
];

async function modelNames(driver: QemuDriver, arch: string): Promise<readonly string[]> {
  if (!ARCHITECTURES.has(arch)) {
    throw VirError.of('INVALID_ARG', `cannot find architecture ${arch}`, { domain: 'QEMU' });
  }
  if (arch === 'x86_64' || arch === 'i686') return (await knownCpus(driver)).models.map((it) => it.name);
  if (arch === 'ppc64' || arch === 'ppc64le') return driver.parts.machine.cpus.modelNames('ppc64');
  if (ANY_MODEL.includes(arch)) return [];
  throw VirError.of('NO_SUPPORT', `'${arch}' architecture is not supported by CPU driver`, { domain: 'CPU' });
}

/** Without KVM's word on it, as many as libvirt has always said. */
const DEFAULT_MAX_VCPUS = 16;

async function maxVcpus(driver: QemuDriver, type: string | undefined): Promise<number> {
  const wanted = type?.toLowerCase();
  if (wanted === undefined || wanted === 'qemu') return DEFAULT_MAX_VCPUS;
  if (wanted === 'kvm') return driver.parts.kvm.maxVcpus();
  throw VirError.of('INVALID_ARG', `unknown type '${type}'`, { domain: 'QEMU' });
}
