import { hasOwnBridge, type Network } from '@modvirt/core/schema';
import { type BridgePlan, bridgePlan, type Setting } from './bridge-plan.js';
import { dnsmasqFiles } from './dnsmasq-config.js';
import { iptablesForwards } from './firewall/forward-rules.js';
import { iptablesRules } from './firewall/iptables-rules.js';

/** How an active network becomes what another definition says. */
export interface ReloadPlan {
  /** The bridge cannot stay: the network is stopped and started, and guests are plugged in again. */
  readonly remakes: boolean;
  /** Lines for `ip -batch`. */
  readonly links: readonly string[];
  readonly settings: readonly Setting[];
  readonly changesFirewall: boolean;
  readonly changesLimits: boolean;
  /** What dnsmasq does: it reads hosts again, or is started again. */
  readonly dnsmasq: 'nothing' | 'reread' | 'restart';
  /** What is different afterwards, for people. */
  readonly changes: readonly string[];
  /** What guests notice, for people. */
  readonly interruptions: readonly string[];
}

/** @param bridge the name of the bridge that is there */
export function reloadPlan(before: Network, next: Network, bridge: string): ReloadPlan {
  const [old, fresh] = [bridgePlan(before, bridge), bridgePlan(next, bridge)];
  const isSameKind = hasOwnBridge(before.forward?.mode) === hasOwnBridge(next.forward?.mode);
  const remakes = !isSameKind || (next.bridge?.name ?? bridge) !== bridge;
  const links = [...linkLines(before, next, bridge), ...addressLines(old, fresh, bridge)];
  const settings = fresh.settings.filter((it) => !old.settings.some((was) => sameSetting(was, it)));
  const hostSettings = fresh.hostSettings.filter(
    (it) => !old.hostSettings.some((was) => sameSetting(was, it)),
  );
  const changesFirewall = rulesText(before, bridge) !== rulesText(next, bridge);
  const changesLimits = text(before.bandwidth) !== text(next.bandwidth);
  const dnsmasq = dnsmasqChange(before, next);
  return {
    remakes,
    links,
    settings: [...settings, ...hostSettings],
    changesFirewall,
    changesLimits,
    dnsmasq,
    changes: [
      ...(remakes ? ['the bridge is made anew'] : []),
      ...links.map((line) => `ip ${line}`),
      ...settings.map(({ path, value }) => `${path} = ${value}`),
      ...(changesFirewall ? ['firewall rules'] : []),
      ...(changesLimits ? ['bandwidth'] : []),
      ...(dnsmasq === 'nothing' ? [] : [`dnsmasq: ${dnsmasq}`]),
    ],
    interruptions: interruptions(before, next, { remakes, old, fresh }),
  };
}

function text(value: unknown): string {
  return JSON.stringify(value, (_key, it: unknown) => (typeof it === 'bigint' ? String(it) : it)) ?? '';
}

function sameSetting(one: Setting, other: Setting): boolean {
  return one.path === other.path && one.value === other.value;
}

function rulesText(network: Network, bridge: string): string {
  if (!hasOwnBridge(network.forward?.mode)) return '';
  return text([...iptablesRules({ network, bridge }), ...iptablesForwards({ network, bridge })]);
}

function dnsmasqChange(before: Network, next: Network): ReloadPlan['dnsmasq'] {
  const places = { directory: '' };
  const [old, fresh] = [dnsmasqFiles(before, places), dnsmasqFiles(next, places)];
  if (old.conf !== fresh.conf || (before.ips.length === 0) !== (next.ips.length === 0)) return 'restart';
  const hasNewHosts = old.hosts !== fresh.hosts || text(before.dns?.hosts) !== text(next.dns?.hosts);
  return hasNewHosts ? 'reread' : 'nothing';
}

const DEFAULT_MTU = 1500;

function linkLines(before: Network, next: Network, bridge: string): readonly string[] {
  const set = `link set dev ${bridge}`;
  const lines: string[] = [];
  if (next.mac !== undefined && next.mac !== before.mac) lines.push(`${set} address ${next.mac}`);
  if (next.mtu !== before.mtu) lines.push(`${set} mtu ${next.mtu ?? DEFAULT_MTU}`);
  const [stp, delay] = [next.bridge?.stp !== false, next.bridge?.delay ?? 0];
  if (stp !== (before.bridge?.stp !== false) || delay !== (before.bridge?.delay ?? 0)) {
    lines.push(`${set} type bridge forward_delay ${delay * 100} stp_state ${stp ? 1 : 0}`);
  }
  return lines;
}

/** Routes go with the addresses that they depend on: all are put again when anything has changed. */
function addressLines(old: BridgePlan, fresh: BridgePlan, bridge: string): readonly string[] {
  const gone = old.bringUp.filter((it) => !fresh.bringUp.includes(it));
  const added = fresh.bringUp.filter((it) => !old.bringUp.includes(it));
  if (gone.length === 0 && added.length === 0) return [];
  const words = (line: string) => line.split(' ');
  return [
    ...gone.filter((it) => it.startsWith('route ')).map((it) => it.replace('route add', 'route del')),
    ...gone
      .filter((it) => it.startsWith('addr '))
      .map((it) => `addr del ${words(it)[2] ?? ''} dev ${bridge}`),
    ...added.filter((it) => it.startsWith('addr ')),
    ...fresh.bringUp
      .filter((it) => it.startsWith('route '))
      .map((it) => it.replace('route add', 'route replace')),
  ];
}

function interruptions(
  before: Network,
  next: Network,
  {
    remakes,
    old,
    fresh,
  }: { readonly remakes: boolean; readonly old: BridgePlan; readonly fresh: BridgePlan },
): readonly string[] {
  if (remakes) return ['guests are off the network until they are plugged into the new bridge'];
  const gone = old.bringUp.filter((it) => it.startsWith('addr ') && !fresh.bringUp.includes(it));
  const addresses = gone.map((it) => it.split(' ')[2] ?? '');
  return [
    ...addresses.map((it) => `guests that use ${it} as their gateway must ask for a new lease`),
    ...(next.mac !== undefined && next.mac !== before.mac
      ? ["guests must learn the gateway's new hardware address"]
      : []),
    ...(next.mtu !== before.mtu ? ['guests keep their MTU until they begin anew'] : []),
    ...(before.forward?.mode !== next.forward?.mode
      ? [
          `connections of guests to the outside follow forward mode '${next.forward?.mode ?? 'none'}' from now on`,
        ]
      : []),
  ];
}
