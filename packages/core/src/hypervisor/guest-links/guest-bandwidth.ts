import type { LinkCommands } from '../../ports/links.js';
import type { Bandwidth } from '../../schema/bandwidth.js';

export interface BandwidthCommands {
  /** Without these there is no limit. */
  readonly needed: readonly LinkCommands[];
  /** Fairness inside the limit; not every kernel has it. */
  readonly wanted: readonly LinkCommands[];
}

/**
 * Limits on the host's end of a guest's link: what the guest receives is what the device sends.
 *
 * @param device a tap or veth device
 */
export function bandwidthCommands(device: string, { inbound, outbound }: Bandwidth): BandwidthCommands {
  const needed: string[] = [];
  const wanted: string[] = [];
  if (inbound?.average !== undefined) {
    const peak = inbound.peak ?? inbound.average;
    const burst = inbound.burst === undefined ? '' : ` burst ${inbound.burst}kb`;
    needed.push(
      `qdisc add dev ${device} root handle 1: htb default 1`,
      `class add dev ${device} parent 1: classid 1:1 htb rate ${inbound.average}kbps ceil ${peak}kbps${burst}`,
    );
    wanted.push(
      `qdisc add dev ${device} parent 1:1 handle 2: sfq perturb 10`,
      `filter add dev ${device} parent 1:0 protocol all prio 1 handle 1 fw flowid 1`,
    );
  }
  if (outbound?.average !== undefined) {
    const burst = outbound.burst ?? outbound.average;
    const police = `police rate ${outbound.average}kbps burst ${burst}kb mtu 64kb drop flowid :1`;
    needed.push(
      `qdisc add dev ${device} ingress`,
      `filter add dev ${device} parent ffff: protocol all u32 match u32 0 0 ${police}`,
    );
  }
  return { needed: tc(needed), wanted: wanted.flatMap((line) => tc([line])) };
}

function tc(lines: readonly string[]): readonly LinkCommands[] {
  return lines.length === 0 ? [] : [{ tool: 'tc', lines }];
}
