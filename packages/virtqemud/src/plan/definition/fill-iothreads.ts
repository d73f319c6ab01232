import type { DomainDraft } from './draft.js';

/** Lists the threads that are only counted; they get the lowest numbers that are free. */
export function fillIothreads(domain: DomainDraft): void {
  const { iothreadids } = domain;
  const wanted = Math.max(domain.iothreads ?? 0, iothreadids.length);
  for (let id = 1; iothreadids.length < wanted; id++) {
    if (!iothreadids.some((it) => it.id === id)) iothreadids.push({ id });
  }
  if (wanted > 0) domain.iothreads = wanted;
}
