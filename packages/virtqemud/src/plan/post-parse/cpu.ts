import { machineModel } from '../command/cpu.js';
import type { PlanContext } from '../context.js';
import { type DomainDraft, finished } from '../definition/draft.js';
import { accelerator, isX86 } from '../definition/machine.js';

/** The CPU model where none is named, and how strictly it is checked. */
export function fillCpu(domain: DomainDraft, cx: PlanContext): void {
  if (!isX86(domain)) return;
  const usual = machineModel({ cx, domain: finished(domain) });
  if (usual !== undefined) domain.cpu ??= { mode: 'custom', features: [] };
  const { cpu } = domain;
  if (cpu === undefined) return;
  for (const feature of cpu.features) feature.policy ??= 'require';
  if (cpu.mode === 'custom' && cpu.model === undefined) {
    if (usual === undefined) return;
    cpu.model = { name: usual, fallback: 'forbid' };
    cpu.match ??= 'exact';
    cpu.check ??= 'none';
  }
  if (cpu.mode === 'host-passthrough' || cpu.mode === 'maximum') {
    cpu.check ??= 'none';
    cpu.migratable ??= true;
  }
  if (cpu.mode === 'host-model') {
    cpu.check ??= 'partial';
    if (cpu.model?.vendor_id === undefined) delete cpu.model;
  }
  if (cpu.mode === 'custom') {
    cpu.match ??= 'exact';
    cpu.check ??= accelerator(domain) === 'tcg' ? 'none' : 'partial';
    if (cpu.model !== undefined) cpu.model.fallback ??= 'allow';
  }
}
