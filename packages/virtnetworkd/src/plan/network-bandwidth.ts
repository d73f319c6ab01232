import { VirError } from '@modvirt/core/errors';
import type { Bandwidth, Network, NetworkPort } from '@modvirt/core/schema';

// What a network sends to its guests goes through classes of the bridge: 1:1 for all, 1:2 for whoever has nothing promised,
// and one for each guest that has a floor.

/** Words for `tc`, a line each. */
export interface TcPlan {
  readonly needed: readonly string[];
  /** Fairness inside a class; not every kernel has it. */
  readonly wanted: readonly string[];
}

const FIRST_CLASS = 3;

/** Limits of the whole network. */
export function networkLimits(bridge: string, { inbound, outbound }: Bandwidth): TcPlan {
  const needed: string[] = [];
  const wanted: string[] = [];
  if (inbound?.average !== undefined) {
    const ceil = inbound.peak ?? inbound.average;
    const burst = inbound.burst === undefined ? '' : ` burst ${inbound.burst}kb`;
    const rate = `htb rate ${inbound.average}kbps ceil ${ceil}kbps`;
    needed.push(
      `qdisc add dev ${bridge} root handle 1: htb default 2`,
      `class add dev ${bridge} parent 1: classid 1:1 ${rate}`,
      `class add dev ${bridge} parent 1:1 classid 1:2 ${rate}${burst}`,
    );
    wanted.push(
      `qdisc add dev ${bridge} parent 1:2 handle 2: sfq perturb 10`,
      `filter add dev ${bridge} parent 1:0 protocol all prio 1 handle 1 fw flowid 1`,
    );
  }
  if (outbound?.average !== undefined) {
    const police = `police rate ${outbound.average}kbps burst ${outbound.burst ?? outbound.average}kb`;
    needed.push(
      `qdisc add dev ${bridge} ingress`,
      `filter add dev ${bridge} parent ffff: protocol all u32 match u32 0 0 ${police} mtu 64kb drop flowid :1`,
    );
  }
  return { needed, wanted };
}

export function floorOf({ bandwidth }: NetworkPort): bigint {
  return bandwidth?.inbound?.floor ?? 0n;
}

/** What all ports together are promised. */
export function floorSum(ports: Iterable<NetworkPort>): bigint {
  let sum = 0n;
  for (const port of ports) sum += floorOf(port);
  return sum;
}

/** Numbers of classes in use, the network's own among them. */
export function classIds(ports: Iterable<NetworkPort>): readonly number[] {
  const ids = [...ports].flatMap((it) => it.bandwidth?.classID ?? []);
  return [...new Set([0, 1, 2, ...ids])].sort((one, other) => one - other);
}

/** The port with a class of its own, if it is promised anything. */
export function withClass(port: NetworkPort, others: Iterable<NetworkPort>): NetworkPort {
  if (floorOf(port) === 0n || port.bandwidth?.classID !== undefined) return port;
  const taken = new Set(classIds(others));
  let id = FIRST_CLASS;
  while (taken.has(id)) id++;
  return { ...port, bandwidth: { ...port.bandwidth, classID: id } };
}

/**
 * @param sum what other ports are promised
 * @throws VirError when the network cannot keep what the port is promised
 */
export function checkFloor(network: Network, port: NetworkPort, sum: bigint): void {
  const floor = floorOf(port);
  if (floor === 0n) return;
  const inbound = network.bandwidth?.inbound;
  if (inbound === undefined) {
    throw VirError.of(
      'OPERATION_UNSUPPORTED',
      `Invalid use of 'floor' on interface with MAC address ${port.mac} - network '${network.name}' has no inbound QoS set`,
    );
  }
  const [limit, name] =
    inbound.peak === undefined ? [inbound.average ?? 0n, 'average'] : [inbound.peak, 'peak'];
  if (sum + floor <= limit) return;
  throw VirError.of(
    'OPERATION_INVALID',
    `Cannot plug '${port.mac}' interface into '${network.bridge?.name ?? ''}' because it would overcommit '${name}' on network '${network.name}'`,
  );
}

/** Gives a port what it is promised. @param sum what all ports are promised, this one included */
export function promiseFloor(network: Network, port: NetworkPort, sum: bigint): TcPlan {
  const bridge = network.bridge?.name ?? '';
  const inbound = network.bandwidth?.inbound;
  const id = port.bandwidth?.classID;
  if (id === undefined || inbound === undefined || floorOf(port) === 0n) return { needed: [], wanted: [] };
  const hex = id.toString(16);
  const ceil = inbound.peak ?? inbound.average ?? 0n;
  const mac = port.mac.replaceAll(':', '');
  const match = `match u16 0x0800 0xffff at -2 match u32 0x${mac.slice(4)} 0xffffffff at -12 match u16 0x${mac.slice(0, 4)} 0xffff at -14`;
  return {
    needed: [
      `class add dev ${bridge} parent 1:1 classid 1:${hex} htb rate ${floorOf(port)}kbps ceil ${ceil}kbps`,
      `filter add dev ${bridge} protocol ip prio 2 handle 800::${hex} u32 ${match} flowid 1:${hex}`,
      restRate(network, sum),
    ],
    wanted: [`qdisc add dev ${bridge} parent 1:${hex} handle ${hex}: sfq perturb 10`],
  };
}

/** Takes a promise back. @param sum what the other ports are promised */
export function dropFloor(network: Network, port: NetworkPort, sum: bigint): TcPlan {
  const bridge = network.bridge?.name ?? '';
  const id = port.bandwidth?.classID;
  if (id === undefined || network.bandwidth?.inbound === undefined) return { needed: [], wanted: [] };
  const hex = id.toString(16);
  return {
    needed: [],
    wanted: [
      `filter del dev ${bridge} protocol ip prio 2 handle 800::${hex} u32`,
      `qdisc del dev ${bridge} handle ${hex}:`,
      `class del dev ${bridge} classid 1:${hex}`,
      restRate(network, sum),
    ],
  };
}

/** What is left for those who are promised nothing. */
function restRate(network: Network, sum: bigint): string {
  const { average = 0n, peak } = network.bandwidth?.inbound ?? {};
  const rest = average > sum ? average - sum : 1n;
  return `class change dev ${network.bridge?.name ?? ''} classid 1:2 htb rate ${rest}kbps ceil ${peak ?? average}kbps`;
}
