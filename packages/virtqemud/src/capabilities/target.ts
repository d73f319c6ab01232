import { ARCHITECTURES } from '@modvirt/core/cpu';
import { VirError } from '@modvirt/core/errors';
import { domainTypes } from '@modvirt/core/schema';
import type { Accelerator, MachineType } from '../plan/qemu-caps.js';
import type { CapabilityCache } from './capability-cache.js';
import type { Emulators } from './emulators.js';
import type { ProbedCaps } from './probed-caps.js';

/** How a client names the kind of guest that it asks about; what it leaves out is chosen. */
export interface TargetRequest {
  readonly emulatorbin?: string | null | undefined;
  readonly arch?: string | null | undefined;
  readonly machine?: string | null | undefined;
  readonly virttype?: string | null | undefined;
}

/** A kind of guest: what runs it, and what it is. */
export interface Target {
  readonly caps: ProbedCaps;
  readonly emulator: string;
  readonly arch: string;
  readonly virtType: 'qemu' | 'kvm' | 'hvf';
  readonly accelerator: Accelerator;
  /** Undefined where the emulator has no machine type that goes without saying. */
  readonly machine: MachineType | undefined;
}

export interface TargetSource {
  readonly hostArch: string;
  readonly emulators: Emulators;
  readonly capabilities: CapabilityCache;
}

const VIRT_TYPES: ReadonlySet<string> = new Set(domainTypes);

function invalid(detail: string): VirError {
  return VirError.of('INVALID_ARG', detail, { domain: 'QEMU' });
}

/** @throws VirError in libvirt's words, for what does not exist or does not fit together */
export async function resolveTarget(
  source: TargetSource,
  request: TargetRequest,
  signal: AbortSignal,
): Promise<Target> {
  const { virttype, machine } = request;
  const arch = request.arch ?? source.hostArch;
  if (virttype != null && !VIRT_TYPES.has(virttype)) throw invalid(`unknown virttype: ${virttype}`);
  if (!ARCHITECTURES.has(arch)) throw invalid(`unknown architecture: ${arch}`);
  const emulator = await emulatorOf(source, request, arch, signal);
  const caps = await source.capabilities.get(emulator, signal);
  if (request.emulatorbin != null && !canRun(caps.arch, arch)) {
    throw invalid(`Emulator '${emulator}' does not support arch '${arch}'`);
  }
  const accelerator = acceleratorOf(caps, virttype ?? 'none');
  const machines = caps.machines(accelerator);
  const found =
    machine == null ? machines[0] : machines.find((it) => it.name === machine || it.alias === machine);
  if (machine != null && found === undefined) {
    throw invalid(`the machine '${machine}' is not supported by emulator '${emulator}'`);
  }
  const virtType = accelerator === 'tcg' ? 'qemu' : accelerator;
  return { caps, emulator, arch, virtType, accelerator, machine: found };
}

async function emulatorOf(
  source: TargetSource,
  request: TargetRequest,
  arch: string,
  signal: AbortSignal,
): Promise<string> {
  const emulator = request.emulatorbin ?? (await source.emulators.find(arch, signal));
  if (emulator !== undefined) return emulator;
  const detail = `unable to find any emulator to serve '${arch}' architecture`;
  throw VirError.of('CONFIG_UNSUPPORTED', detail, { domain: 'QEMU' });
}

/** The emulator of a wide architecture runs the narrow one too. */
function canRun(emulated: string, arch: string): boolean {
  if (emulated === arch) return true;
  const narrow: Readonly<Record<string, readonly string[]>> = {
    x86_64: ['i686'],
    aarch64: ['armv7l', 'armv6l'],
    ppc64: ['ppc64le'],
    armv7l: ['armv6l'],
  };
  return narrow[emulated]?.includes(arch) ?? false;
}

/** The best there is where none is asked for. */
function acceleratorOf(caps: ProbedCaps, virtType: string): Accelerator {
  if (virtType === 'none') {
    return (['kvm', 'hvf'] as const).find((it) => caps.supports(it)) ?? 'tcg';
  }
  const accelerator = virtType === 'kvm' || virtType === 'hvf' ? virtType : 'tcg';
  const isOurs = virtType === 'qemu' || accelerator !== 'tcg';
  if (isOurs && caps.supports(accelerator)) return accelerator;
  throw invalid(`the accel '${accelerator}' is not supported by '${caps.emulator}' on this host`);
}
