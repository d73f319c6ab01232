import type { Domain } from '@modvirt/core/schema';
import type { Controller } from './types.js';

export type ControllerOf<T extends Controller['type']> = Extract<Controller, { type: T }>;

function isOfType<T extends Controller['type']>(
  controller: Controller,
  type: T,
): controller is ControllerOf<T> {
  return controller.type === type;
}

/** The domain's controllers of one type, in their order. */
export function controllersOf<T extends Controller['type']>(
  domain: Domain,
  type: T,
): readonly ControllerOf<T>[] {
  return domain.devices.controllers.filter((it): it is ControllerOf<T> => isOfType(it, type));
}

/** The first controller of that type and index. */
export function findController<T extends Controller['type']>(
  domain: Domain,
  type: T,
  index: number,
): ControllerOf<T> | undefined {
  return controllersOf(domain, type).find((it) => (it.index ?? 0) === index);
}

/** The alias that a device has once aliases are assigned. */
export function aliasOf(device: { readonly alias?: string | undefined }): string {
  return device.alias ?? '';
}
