import {
  intParameter,
  stringParameter,
  type TypedParameter,
  uintParameter,
  ullongParameter,
} from '../protocol/typed-parameter.js';
import type { Domain } from '../schema/domain/post-parse/filled-domain.js';
import { type DomainState, reasonNumber, stateNumber } from './domain-state.js';
import type { DeviceCounters, DirectionCounters } from './host/network-devices.js';

/** `state.…` */
export function stateGroup(state: DomainState): TypedParameter[] {
  return [
    intParameter('state.state', stateNumber(state.state)),
    intParameter('state.reason', reasonNumber(state)),
  ];
}

/** `net.…` of a domain that runs; figures of those interfaces that show as devices of the host. */
export function interfaceGroup(
  domain: Domain,
  devices: ReadonlyMap<string, DeviceCounters>,
): TypedParameter[] {
  const { interfaces } = domain.devices;
  return [
    uintParameter('net.count', interfaces.length),
    ...interfaces.flatMap((it, index) => {
      const name = it.target?.dev;
      const counters = name === undefined ? undefined : devices.get(name);
      if (name === undefined || counters === undefined) return [];
      // What the host sends into the device, the guest receives.
      return [
        stringParameter(`net.${index}.name`, name),
        ...directionParameters(`net.${index}.rx`, counters.tx),
        ...directionParameters(`net.${index}.tx`, counters.rx),
      ];
    }),
  ];
}

function directionParameters(prefix: string, counters: DirectionCounters): TypedParameter[] {
  return [
    ullongParameter(`${prefix}.bytes`, counters.bytes),
    ullongParameter(`${prefix}.pkts`, counters.packets),
    ullongParameter(`${prefix}.errs`, counters.errors),
    ullongParameter(`${prefix}.drop`, counters.drops),
  ];
}
