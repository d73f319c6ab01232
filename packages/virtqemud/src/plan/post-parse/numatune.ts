import type { DomainDraft } from '../definition/draft.js';

/** Processors that the host places take their memory with them. */
export function fillNumatune(domain: DomainDraft): void {
  if (domain.vcpu.placement !== 'auto' || domain.numatune?.memory !== undefined) return;
  if (domain.vcpu.cpuset !== undefined) return;
  domain.numatune = {
    memory: { mode: 'strict', placement: 'auto' },
    memnodes: domain.numatune?.memnodes ?? [],
  };
}
