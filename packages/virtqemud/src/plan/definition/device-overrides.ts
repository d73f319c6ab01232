import type { Domain } from '@modvirt/core/schema';
import type { PropertyOverride } from '../command/command-line.js';

type Override = NonNullable<Domain['qemuOverride']>['devices'][number];
type Property = NonNullable<Override['frontend']>['properties'][number];

/** Properties that `<qemu:override>` sets or takes away, by the alias of the device. */
export function deviceOverrides(domain: Domain): ReadonlyMap<string, readonly PropertyOverride[]> {
  const devices = domain.qemuOverride?.devices ?? [];
  return new Map(devices.map((it) => [it.alias, (it.frontend?.properties ?? []).map(propertyOf)]));
}

function propertyOf({ name, type, value = '' }: Property): PropertyOverride {
  switch (type) {
    case 'string':
      return { name, value };
    case 'signed':
    case 'unsigned':
      return { name, value: BigInt(value) };
    case 'bool':
      return { name, value: value === 'true' };
    case 'remove':
      return { name, removed: true };
  }
}
