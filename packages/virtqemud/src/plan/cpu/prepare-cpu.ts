import { compareCpus, incompatibleError, translateCpu, updateCpu } from '@modvirt/core/cpu';
import { VirError } from '@modvirt/core/errors';
import type { GuestCpu } from '@modvirt/core/schema';
import type { PlanContext } from '../context.js';
import { type DomainDraft, draftOf, finished } from '../definition/draft.js';
import { accelerator, archOf, isX86 } from '../definition/machine.js';
import type { Accelerator } from '../qemu-caps.js';

/**
 * Settles what a definition leaves to the host: its model, and features that it may or may not have.
 *
 * @throws VirError CONFIG_UNSUPPORTED and CPU_INCOMPATIBLE for what this host or emulator cannot give
 */
export function prepareCpu(draft: DomainDraft, cx: PlanContext): void {
  const { cpu } = finished(draft);
  if (cpu === undefined || !isX86(draft)) return;
  requireMode(draft, cpu, cx);
  const kind = accelerator(draft);
  if (isSettled(cpu, cx, kind)) return;
  const map = cx.cpus.map();
  if (map === undefined) return;
  const host = cx.cpus.hostModel(kind, true);
  if (host === undefined) return;
  if (cpu.check === 'partial') requireHost(cpu, cx, draft);
  const settled = translateCpu(map, updateCpu(map, cpu, host), cx.cpus.offered(kind));
  const vendorId = cpu.model?.vendor_id;
  const model = { ...settled.model, fallback: 'forbid' as const };
  draft.cpu = draftOf({
    ...settled,
    model: vendorId === undefined ? model : { ...model, vendor_id: vendorId },
  });
}

/** Whether the host has no say in it. */
function isSettled(cpu: GuestCpu, cx: PlanContext, kind: Accelerator): boolean {
  switch (cpu.mode) {
    case 'host-passthrough':
    case 'maximum':
      return true;
    case 'host-model':
      return false;
    case 'custom': {
      const name = cpu.model?.name;
      if (name === undefined) return true;
      const isOpen = cpu.match !== 'exact' || cpu.features.some((it) => it.policy === 'optional');
      return !isOpen && cpu.check !== 'partial' && cx.caps.cpuModels(kind).some((it) => it.name === name);
    }
  }
}

function requireMode(draft: DomainDraft, cpu: GuestCpu, cx: PlanContext): void {
  if (canHave(draft, cpu.mode, cx)) return;
  const arch = archOf(draft);
  throw VirError.of(
    'CONFIG_UNSUPPORTED',
    `CPU mode '${cpu.mode}' for ${arch} ${draft.type} domain on ${cx.host.arch} host is not supported by hypervisor`,
  );
}

function canHave(draft: DomainDraft, mode: GuestCpu['mode'], cx: PlanContext): boolean {
  const kind = accelerator(draft);
  switch (mode) {
    case 'host-passthrough':
      return kind !== 'tcg';
    case 'host-model':
      return cx.cpus.hostModel(kind, true) !== undefined;
    case 'maximum':
    case 'custom':
      return true;
  }
}

function requireHost(cpu: GuestCpu, cx: PlanContext, draft: DomainDraft): void {
  const map = cx.cpus.map();
  if (map === undefined || cpu.mode !== 'custom') return;
  const found = compareCpus(map, cx.cpus.hostModel(accelerator(draft), false), { type: 'guest', cpu });
  if (found.result === 'incompatible')
    throw incompatibleError(`guest and host CPU are not compatible: ${found.reason}`);
}
