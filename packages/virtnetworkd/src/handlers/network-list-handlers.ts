import type { Handlers } from '@modvirt/core/driver';
import { checkFlags } from '@modvirt/core/hypervisor';
import { connectListAllNetworksFlags as filter } from '@modvirt/core/protocol/constants';
import type { network } from '@modvirt/core/protocol/rows';
import type { NetworkDriver } from '../driver.js';
import type { NetworkObject } from '../network-object.js';

type Test = (network: NetworkObject) => boolean;

// Filters of virConnectListAllNetworks in their groups: one of a group must hold, and every group that is asked about.
const FILTER_GROUPS: readonly (readonly (readonly [number, Test])[])[] = [
  [
    [filter.active, (it) => it.isActive],
    [filter.inactive, (it) => !it.isActive],
  ],
  [
    [filter.persistent, (it) => it.isPersistent],
    [filter.transient, (it) => !it.isPersistent],
  ],
  [
    [filter.autostart, (it) => it.autostart],
    [filter.noAutostart, (it) => !it.autostart],
  ],
];
const ALL_FILTERS = Object.values(filter).reduce<number>((bits, bit) => bits | bit, 0);

function passes(flags: number, network: NetworkObject): boolean {
  return FILTER_GROUPS.every((group) => {
    const asked = group.filter(([bit]) => (flags & bit) !== 0);
    return asked.length === 0 || asked.some(([, test]) => test(network));
  });
}

/** Finding and listing networks. */
export function networkListHandlers({ networks }: NetworkDriver): Handlers<typeof network> {
  const names = (active: boolean) =>
    [...networks].filter((it) => it.isActive === active).map((it) => it.name);
  return {
    connectListAllNetworks({ needResults, flags }) {
      checkFlags('networkConnectListAllNetworks', flags, ALL_FILTERS);
      const found = [...networks].filter((it) => passes(flags, it));
      return { nets: needResults === 0 ? [] : found.map((it) => it.reference), ret: found.length };
    },
    connectListNetworks: ({ maxnames }) => ({ names: names(true).slice(0, Math.max(0, maxnames)) }),
    connectListDefinedNetworks: ({ maxnames }) => ({ names: names(false).slice(0, Math.max(0, maxnames)) }),
    connectNumOfNetworks: () => ({ num: names(true).length }),
    connectNumOfDefinedNetworks: () => ({ num: names(false).length }),
    networkLookupByName: ({ name }) => ({ net: networks.byName(name).reference }),
    networkLookupByUuid: ({ uuid }) => ({ net: networks.byUuid(uuid).reference }),
    networkIsActive: ({ net }) => ({ active: networks.byRef(net).isActive ? 1 : 0 }),
    networkIsPersistent: ({ net }) => ({ persistent: networks.byRef(net).isPersistent ? 1 : 0 }),
    networkGetAutostart: ({ net }) => ({ autostart: networks.byRef(net).autostart ? 1 : 0 }),
  };
}
