import { VirError } from '@modvirt/core/errors';
import type { Assembly } from '../assembly.js';
import type { Props } from '../command/json.js';
import { aliasOf } from '../definition/controllers.js';
import { shortName } from '../definition/names.js';
import type { NetworkInterface } from '../definition/types.js';
import { addChardev } from './chardev.js';
import { isVirtioNet } from './network.js';

/** Adds the back end of an interface; answers how many queues it has. */
export function addNetdev(to: Assembly, net: NetworkInterface): number {
  checkTap(net);
  const { queues, props } = backEnd(to, net);
  to.out.json('netdev', { ...props, id: `host${aliasOf(net)}` });
  return queues;
}

/** Connections that go over a tap device, whose device file one may choose. */
const TAP_TYPES: ReadonlySet<string> = new Set(['network', 'bridge', 'ethernet', 'direct']);

/** @throws VirError for a device file that nothing would open */
export function checkTap({ type, mac, backend }: NetworkInterface): void {
  if (backend?.tap === undefined || TAP_TYPES.has(type)) return;
  throw VirError.of(
    'CONFIG_UNSUPPORTED',
    `interface ${mac?.address ?? ''} - custom tap device path is not supported for network interfaces of type ${type}`,
  );
}

interface BackEnd {
  readonly props: Props;
  readonly queues: number;
}

function backEnd(to: Assembly, net: NetworkInterface): BackEnd {
  switch (net.type) {
    case 'user':
      return { props: userProps(to, net), queues: 1 };
    case 'server':
      return { props: { type: 'socket', listen: endpoint(net.source) }, queues: 1 };
    case 'client':
      return { props: { type: 'socket', connect: endpoint(net.source) }, queues: 1 };
    case 'mcast':
      return { props: { type: 'socket', mcast: endpoint(net.source) }, queues: 1 };
    case 'udp': {
      const { local } = net.source;
      const props = { type: 'socket', udp: endpoint(net.source), localaddr: local && endpoint(local) };
      return { props, queues: 1 };
    }
    case 'vhostuser':
      return vhostUser(to, net);
    case 'vdpa': {
      const { dev } = net.source;
      const fd = to.out.descriptor('vdpa', (number) => ({ type: 'open', number, path: dev }));
      const path = to.out.addFd(fd, `${aliasOf(net)}-vdpa`);
      const queues = net.driver?.queues ?? 1;
      const many = queues > 1 ? queues : undefined;
      return { props: { type: 'vhost-vdpa', vhostdev: path, queues: many }, queues };
    }
    case 'ethernet':
    case 'network':
    case 'bridge':
    case 'direct':
      return tap(to, net);
    case 'hostdev':
    case 'internal':
    case 'null':
    case 'vds':
      throw VirError.of('CONFIG_UNSUPPORTED', `Unsupported network type ${net.type}`);
  }
}

interface Endpoint {
  readonly address?: string | undefined;
  readonly port: number;
}

function endpoint({ address, port }: Endpoint): string {
  return `${address ?? ''}:${port}`;
}

function userProps(to: Assembly, net: Extract<NetworkInterface, { type: 'user' }>): Props {
  if (net.backend?.type === 'passt') {
    const path = passtSocket(to, net);
    const milliseconds = to.cx.caps.has('netdev-stream-reconnect-miliseconds');
    return {
      type: 'stream',
      addr: { type: 'unix', path },
      server: false,
      'reconnect-ms': milliseconds ? 5000 : undefined,
      reconnect: milliseconds ? undefined : to.cx.caps.has('netdev.stream.reconnect') ? 5 : undefined,
    };
  }
  const ipv4 = net.ips.find((it) => it.family !== 'ipv6');
  const ipv6 = net.ips.find((it) => it.family === 'ipv6');
  return {
    type: 'user',
    net: ipv4 === undefined ? undefined : `${ipv4.address}${ipv4.prefix ? `/${ipv4.prefix}` : ''}`,
    'ipv6-prefix': ipv6?.address,
    'ipv6-prefixlen': ipv6?.prefix,
  };
}

/** Where passt, which is the network of this interface alone, listens. */
function passtSocket(to: Assembly, net: NetworkInterface): string {
  return `${to.cx.config.passtStateDir}/${shortName(to)}-${aliasOf(net)}.socket`;
}

/** Seconds after which the guest looks for a passt that was started again. */
const PASST_RECONNECT = 5;

function vhostUser(to: Assembly, net: Extract<NetworkInterface, { type: 'vhostuser' }>): BackEnd {
  const isServer = net.source?.mode === 'server';
  const isPasst = net.backend?.type === 'passt';
  const reconnect = isPasst ? { enabled: true, timeout: PASST_RECONNECT } : net.source?.reconnect;
  addChardev(
    to,
    {
      type: 'unix',
      source: {
        mode: isServer ? 'bind' : 'connect',
        path: isPasst ? passtSocket(to, net) : (net.source?.path ?? ''),
        ...(reconnect === undefined ? {} : { reconnect }),
        seclabels: [],
      },
    },
    { alias: aliasOf(net), wait: isServer },
  );
  const queues = net.driver?.queues ?? 1;
  const props = {
    type: 'vhost-user',
    chardev: `char${aliasOf(net)}`,
    queues: queues > 1 ? queues : undefined,
  };
  return { props, queues };
}

function tap(to: Assembly, net: NetworkInterface): BackEnd {
  const queues = isVirtioNet(net) ? (net.driver?.queues ?? 1) : 1;
  const macvtap = actualType(net) === 'direct';
  const use = macvtap || actualType(net) === 'ethernet' ? 'tap' : 'bridge-tap';
  const fds = numbered(queues, (index) =>
    to.out.descriptor(
      use,
      (number) => ({ type: 'tap', number, interface: aliasOf(net), queue: index }),
      index,
    ),
  );
  const vhosts = usesVhost(to, net)
    ? numbered(queues, (index) =>
        to.out.descriptor('vhost', (number) => ({ type: 'open', number, path: vhostDevice(net) }), index),
      )
    : [];
  return {
    queues,
    props: {
      type: 'tap',
      ...numbersAs('fd', fds),
      vhost: vhosts.length > 0 ? true : undefined,
      ...numbersAs('vhostfd', vhosts),
      sndbuf: net.sndbuf,
    },
  };
}

function numbered(count: number, make: (index: number) => number): readonly number[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** One descriptor as `fd`, several as `fds`. */
function numbersAs(key: string, numbers: readonly number[]): Props {
  if (numbers.length === 0) return {};
  return numbers.length === 1 ? { [key]: String(numbers[0]) } : { [`${key}s`]: numbers.join(':') };
}

/** What kind of connection an interface gets: a network's may be any. */
export function actualType(net: NetworkInterface): NetworkInterface['type'] {
  if (net.type !== 'network') return net.type;
  return net.source?.mode === undefined ? 'bridge' : 'direct';
}

function vhostDevice(net: NetworkInterface): string {
  return net.backend?.vhost ?? '/dev/vhost-net';
}

/**
 * The kernel moves packets of virtio cards, where it can and is not told otherwise.
 *
 * @throws VirError CONFIG_UNSUPPORTED when it is told to and cannot
 */
function usesVhost({ cx }: Assembly, net: NetworkInterface): boolean {
  const name = net.driver?.name;
  if (!isVirtioNet(net) || name === 'qemu') return false;
  if (cx.host.hasDevice?.(vhostDevice(net)) !== false) return true;
  if (name !== 'vhost') return false;
  throw VirError.of('CONFIG_UNSUPPORTED', 'vhost-net was requested for an interface, but is unavailable');
}
