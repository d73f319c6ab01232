import type { Domain } from '@modvirt/core/schema';
import type { Hostdev, NetworkInterface } from './types.js';

type HostInterface = Extract<NetworkInterface, { type: 'hostdev' }>;

/** Interfaces that are devices of the host. */
export function hostInterfaces(domain: Domain): readonly HostInterface[] {
  return domain.devices.interfaces.filter((it): it is HostInterface => it.type === 'hostdev');
}

/** All devices of the host that the guest gets: network cards first, then the others. */
export function allHostdevs(domain: Domain): readonly Hostdev[] {
  return [...hostInterfaces(domain).flatMap(asHostdev), ...domain.devices.hostdevs];
}

function asHostdev(net: HostInterface): readonly Hostdev[] {
  const address = net.source?.address;
  if (address?.type !== 'pci') return [];
  const { alias, boot, rom, teaming, managed } = net;
  const place = net.address === undefined ? {} : { address: net.address };
  return [
    {
      mode: 'subsystem',
      type: 'pci',
      source: { address },
      managed: managed ?? false,
      ...(alias === undefined ? {} : { alias }),
      ...(boot === undefined ? {} : { boot }),
      ...(rom === undefined ? {} : { rom }),
      ...(teaming?.persistent === undefined
        ? {}
        : { teaming: { type: teaming.type, persistent: teaming.persistent } }),
      ...place,
    },
  ];
}
