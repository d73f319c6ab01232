import { without } from '../../without.js';
import type { NetworkInterface } from '../interface.js';

const VIRTIO_MODELS: ReadonlySet<string> = new Set([
  'virtio',
  'virtio-transitional',
  'virtio-non-transitional',
]);

/** Connections whose packets the host sees and can filter. */
const FILTERED_TYPES: ReadonlySet<string> = new Set(['ethernet', 'network', 'bridge']);

/** Drops what only other kinds of network cards have. */
export function postParseInterface(net: NetworkInterface): NetworkInterface {
  const filtered = FILTERED_TYPES.has(net.type) ? net : without(net, 'filterref');
  const isVirtio = filtered.type !== 'hostdev' && VIRTIO_MODELS.has(filtered.model ?? '');
  return withFamilies(withoutZeroFrames(isVirtio ? withoutSingleQueue(filtered) : withoutDriver(filtered)));
}

function withoutDriver(net: NetworkInterface): NetworkInterface {
  const { backend } = net;
  const plain = net.type === 'hostdev' ? keepHostDriver(net) : without(net, 'driver');
  return backend?.vhost === undefined ? plain : { ...plain, backend: without(backend, 'vhost') };
}

/** Of a host device's driver only the name means anything. */
function keepHostDriver(net: NetworkInterface): NetworkInterface {
  const { driver } = net;
  if (driver === undefined) return net;
  const { name, model } = driver;
  if (name === undefined && model === undefined) return without(net, 'driver');
  return {
    ...net,
    driver: { ...(name === undefined ? {} : { name }), ...(model === undefined ? {} : { model }) },
  };
}

/** One queue is what there is anyway. */
function withoutSingleQueue(net: NetworkInterface): NetworkInterface {
  const { driver } = net;
  return driver?.queues === 1 ? { ...net, driver: without(driver, 'queues') } : net;
}

function withoutZeroFrames(net: NetworkInterface): NetworkInterface {
  return net.coalesce?.rx?.frames?.max === 0 ? without(net, 'coalesce') : net;
}

/** What an address is shows by itself, but is always written. */
function withFamilies(net: NetworkInterface): NetworkInterface {
  const named = net.ips.length === 0 ? net : { ...net, ips: net.ips.map(withFamily) };
  if (named.type !== 'ethernet' || named.source === undefined) return named;
  return { ...named, source: { ...named.source, ips: named.source.ips.map(withFamily) } };
}

function withFamily(ip: NetworkInterface['ips'][number]): NetworkInterface['ips'][number] {
  return { ...ip, family: ip.family ?? (ip.address.includes(':') ? 'ipv6' : 'ipv4') };
}
