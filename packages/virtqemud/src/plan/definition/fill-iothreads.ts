import { VirError } from '@modvirt/core/errors';
import type { DomainDraft } from './draft.js';

/** More threads than a process gets. libvirt knows no limit and fills its memory instead. */
const MAX_IOTHREADS = 65_536;

/**
 * Lists the threads that are only counted; they get the lowest numbers that are free.
 *
 * @throws VirError XML_ERROR for more than any process runs
 */
export function fillIothreads(domain: DomainDraft): void {
  const { iothreadids } = domain;
  const wanted = Math.max(domain.iothreads ?? 0, iothreadids.length);
  if (wanted > MAX_IOTHREADS) throw VirError.of('XML_ERROR', `invalid iothreads count '${wanted}'`);
  const taken = new Set(iothreadids.map((it) => it.id));
  for (let id = 1; iothreadids.length < wanted; id++) {
    if (!taken.has(id)) iothreadids.push({ id });
  }
  if (wanted > 0) domain.iothreads = wanted;
}
