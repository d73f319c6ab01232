import type { PlanContext } from '../context.js';
import type { DomainDraft } from '../definition/draft.js';

/** One label that names no security driver is for the one that confines guests. */
export function fillSeclabels({ seclabels }: DomainDraft, cx: PlanContext): void {
  const [only, second] = seclabels;
  if (only === undefined || second !== undefined || only.model !== undefined) return;
  only.model = cx.config.securityModel;
  if (only.model !== 'none') return;
  only.type = 'none';
  delete only.relabel;
}
