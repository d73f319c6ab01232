import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';
import { sharesMemory } from '../definition/shared-memory.js';
import type { NetworkInterface } from '../definition/types.js';
import { checkGuestAddresses, checkHostAddresses } from './interface-addresses.js';
import { unsupported } from './unsupported.js';

/** @throws VirError for network cards that QEMU cannot have */
export function validateInterfaces(domain: Domain): void {
  for (const net of domain.devices.interfaces) {
    checkQueues(net);
    checkModel(net);
    checkConnection(net);
    checkGuestAddresses(net);
    checkHostAddresses(net);
    checkTeaming(net);
    checkSwitch(net);
    if (net.type === 'vhostuser' && !sharesMemory(domain)) {
      throw unsupported("'interface' requires shared memory");
    }
  }
  if (domain.devices.disks.some((it) => it.type === 'vhostuser') && !sharesMemory(domain)) {
    throw unsupported("'vhostuser' requires shared memory");
  }
}

function checkQueues({ driver }: NetworkInterface): void {
  for (const name of ['rx_queue_size', 'tx_queue_size'] as const) {
    const size = driver?.[name];
    if (size !== undefined && !isPowerOfTwo(size)) throw unsupported(`${name} has to be a power of two`);
  }
}

/** Connections that only virtio cards can have. */
function checkModel({ type, model }: NetworkInterface): void {
  const isVirtio = model?.startsWith('virtio') === true;
  if (type === 'vhostuser' && !isVirtio) {
    throw VirError.of(
      'INTERNAL_ERROR',
      "Wrong or no <model> 'type' attribute specified with <interface type='vhostuser'/>. " +
        'vhostuser requires the virtio-net* frontend',
    );
  }
  if (type === 'vdpa' && !isVirtio) {
    throw unsupported(`invalid model for interface of type '${type}': '${model ?? ''}'`);
  }
}

const WITH_MTU: ReadonlySet<string> = new Set([
  'network',
  'bridge',
  'ethernet',
  'vhostuser',
  'direct',
  'hostdev',
  'vdpa',
]);
const WITH_COALESCE: ReadonlySet<string> = new Set(['network', 'bridge', 'ethernet', 'direct']);

/** What only some connections can be told. */
function checkConnection({ type, mtu, coalesce }: NetworkInterface): void {
  if (mtu !== undefined && !WITH_MTU.has(type)) {
    throw unsupported(`setting MTU on interface type ${type} is not supported yet`);
  }
  if (coalesce !== undefined && !WITH_COALESCE.has(type)) {
    throw unsupported(`coalesce settings on interface type ${type} are not supported`);
  }
}

function checkTeaming({ type, model, teaming }: NetworkInterface): void {
  if (teaming?.type === 'persistent' && model?.startsWith('virtio') !== true) {
    throw unsupported(
      `virtio-net teaming persistent interface must be <model type='virtio'/>, not '${model ?? ''}'`,
    );
  }
  if (teaming?.type !== 'transient' || type === 'hostdev' || type === 'network') return;
  throw unsupported(`virtio-net teaming transient interface must be type='hostdev', not '${type}'`);
}

const WITH_ISOLATION: ReadonlySet<string> = new Set(['network', 'bridge', 'ethernet']);
const WITH_FLOOR: ReadonlySet<string> = new Set(['network']);

/** What a bridge or a network gives to its ports. */
function checkSwitch(net: NetworkInterface): void {
  const { type, mac, port, bandwidth } = net;
  if (port?.isolated === true && !WITH_ISOLATION.has(type)) {
    throw unsupported(
      `interface ${mac?.address ?? ''} - <port isolated='yes'/> is not supported for network interfaces with type='${type}'`,
    );
  }
  if (bandwidth?.inbound?.floor !== undefined && !WITH_FLOOR.has(type)) {
    throw unsupported('floor attribute is not supported for this config');
  }
  if (net.type !== 'vhostuser' || net.source?.mode !== 'server') return;
  if (net.source.reconnect === undefined) return;
  throw unsupported("'reconnect' attribute unsupported 'server' mode for <interface type='vhostuser'>");
}

function isPowerOfTwo(value: number): boolean {
  return (value & (value - 1)) === 0;
}
