import { type CpuDefinition, guestCpuOf, type OfferedModel } from '@modvirt/core/cpu';
import type { PlanContext } from '../context.js';
import type { Accelerator } from '../qemu-caps.js';
import { decodeHostCpu, offeredModels } from './decode-host-cpu.js';

/** Features that hosts have and QEMU gives to no guest. */
const NOT_FOR_GUESTS: ReadonlySet<string> = new Set(['cmt', 'mbm_total', 'mbm_local', 'osxsave', 'ospke']);

/** The models that the emulator knows. */
export function offeredBy(cx: PlanContext, accelerator: Accelerator): readonly OfferedModel[] {
  const { map } = cx.cpus;
  return map === undefined ? [] : offeredModels(map, cx.caps.cpuModels(accelerator));
}

/**
 * The host's CPU as guests can have it, which `host-model` stands for: as the emulator tells it, else as the host is.
 *
 * @param migratable only what lets a guest be moved
 */
export function hostModel(
  cx: PlanContext,
  accelerator: Accelerator,
  migratable: boolean,
): CpuDefinition | undefined {
  const { map, host } = cx.cpus;
  if (map === undefined) return undefined;
  const told = cx.caps.hostCpu(accelerator);
  if (told !== undefined) {
    const decoded = decodeHostCpu(map, told, { offered: offeredBy(cx, accelerator), migratable });
    return { type: 'guest', cpu: guestCpuOf(decoded, true) };
  }
  if (host === undefined) return undefined;
  const features = host.features.filter((it) => !NOT_FOR_GUESTS.has(it.name));
  return { type: 'host', cpu: { ...host, features } };
}
