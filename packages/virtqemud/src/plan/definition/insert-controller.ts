import type { DomainDraft, Draft } from './draft.js';
import type { Controller } from './types.js';

type ControllerDraft = Draft<Controller>;

/** Puts a controller among the others: those of one type stand in the order of their indexes. */
export function insertController(domain: DomainDraft, controller: ControllerDraft): void {
  const { controllers } = domain.devices;
  const index = controller.index ?? 0;
  const at = controllers.findIndex((it) => it.type === controller.type && (it.index ?? 0) > index);
  controllers.splice(at === -1 ? controllers.length : at, 0, controller);
}

/** Adds a controller of that type and index unless there is one; answers whether it did. */
export function ensureController(domain: DomainDraft, wanted: ControllerDraft): boolean {
  const index = wanted.index ?? 0;
  const { controllers } = domain.devices;
  if (controllers.some((it) => it.type === wanted.type && (it.index ?? 0) === index)) return false;
  insertController(domain, wanted);
  return true;
}
