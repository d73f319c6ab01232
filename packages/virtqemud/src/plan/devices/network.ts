import type { Assembly } from '../assembly.js';
import type { Props } from '../command/json.js';
import type { BootOrder } from '../definition/boot-order.js';
import { aliasOf } from '../definition/controllers.js';
import type { NetworkInterface } from '../definition/types.js';
import { addressProps } from './address-props.js';
import { romProps } from './rom.js';
import { virtioDriver, virtioProps } from './virtio.js';

const VIRTIO_MODELS = new Set(['virtio', 'virtio-transitional', 'virtio-non-transitional']);

/** Whether the card is a virtio one of any kind. */
export function isVirtioNet(net: NetworkInterface): boolean {
  return VIRTIO_MODELS.has(net.model ?? '');
}

/** The card of an interface. @param queues how many the back end has */
export function networkProps(to: Assembly, net: NetworkInterface, boot: BootOrder, queues: number): Props {
  const front = isVirtioNet(net) ? virtioNetProps(net, queues) : { driver: cardDriver(net.model ?? '') };
  return {
    ...front,
    host_mtu: isVirtioNet(net) ? net.mtu : undefined,
    failover: net.teaming?.type === 'persistent' ? true : undefined,
    netdev: `host${aliasOf(net)}`,
    id: aliasOf(net),
    mac: net.mac?.address,
    bootindex: boot.of(net),
    ...addressProps(to, net),
    ...romProps(net.rom),
  };
}

/** QEMU's name of a card where it is not the model's. */
function cardDriver(model: string): string {
  return model === 'virtio' ? 'virtio-net' : model;
}

function virtioNetProps(net: NetworkInterface, queues: number): Props {
  const { driver } = net;
  const isMultiqueue = queues > 1;
  const model = net.model === 'virtio' ? undefined : net.model;
  return {
    ...virtioProps(virtioDriver('virtio-net', net.address, model), driver),
    tx: driver?.txmode === 'iothread' ? 'bh' : driver?.txmode,
    ioeventfd: driver?.ioeventfd,
    event_idx: driver?.event_idx,
    csum: driver?.host?.csum,
    gso: driver?.host?.gso,
    host_tso4: driver?.host?.tso4,
    host_tso6: driver?.host?.tso6,
    host_ecn: driver?.host?.ecn,
    host_ufo: driver?.host?.ufo,
    mrg_rxbuf: driver?.host?.mrg_rxbuf,
    guest_csum: driver?.guest?.csum,
    guest_tso4: driver?.guest?.tso4,
    guest_tso6: driver?.guest?.tso6,
    guest_ecn: driver?.guest?.ecn,
    guest_ufo: driver?.guest?.ufo,
    mq: isMultiqueue ? true : undefined,
    vectors: isMultiqueue && net.address?.type === 'pci' ? 2 * queues + 2 : undefined,
    rx_queue_size: driver?.rx_queue_size,
    tx_queue_size: driver?.tx_queue_size,
    rss: driver?.rss,
    hash: driver?.rss_hash_report,
  };
}
