import type { DomainDraft, Draft } from './draft.js';
import type { Controller } from './types.js';

type ControllerDraft = Draft<Controller>;

/** Puts a controller among the others: behind the last of its type that has no higher index. */
export function insertController(domain: DomainDraft, controller: ControllerDraft): void {
  insertInto(domain.devices.controllers, controller);
}

/** As `insertController`, into any list. */
export function insertInto(controllers: ControllerDraft[], controller: ControllerDraft): void {
  const index = controller.index ?? 0;
  const isOfType = (it: ControllerDraft) => it.type === controller.type;
  const lower = controllers.findLastIndex((it) => isOfType(it) && (it.index ?? 0) <= index);
  const higher = controllers.findIndex((it) => isOfType(it) && (it.index ?? 0) > index);
  const at = lower !== -1 ? lower + 1 : higher !== -1 ? higher : controllers.length;
  controllers.splice(at, 0, controller);
}

/** Adds a controller of that type and index unless there is one; answers whether it did. */
export function ensureController(domain: DomainDraft, wanted: ControllerDraft): boolean {
  const index = wanted.index ?? 0;
  const { controllers } = domain.devices;
  if (controllers.some((it) => it.type === wanted.type && (it.index ?? 0) === index)) return false;
  insertController(domain, wanted);
  return true;
}
