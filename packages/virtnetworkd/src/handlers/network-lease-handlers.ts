import type { Handlers } from '@modvirt/core/driver';
import { checkFlags } from '@modvirt/core/hypervisor';
import type { network } from '@modvirt/core/protocol/rows';
import { type Network, parseIp, prefixOf } from '@modvirt/core/schema';
import { parseMac } from '@modvirt/core/xml';
import type { NetworkDriver } from '../driver.js';
import { type LeaseRow, parseLeases } from '../plan/lease-file.js';

// virIPAddrType
const TYPES = { ipv4: 0, ipv6: 1 } as const;

/** What the network's DHCP server has lent. */
export function networkLeaseHandlers(driver: NetworkDriver): Handlers<typeof network> {
  return {
    async networkGetDhcpLeases({ net, mac, needResults, flags }, call) {
      checkFlags('networkGetDHCPLeases', flags, 0);
      const object = driver.networks.byRef(net);
      const definition = object.current;
      const bridge = definition?.bridge?.name;
      if (definition === undefined || bridge === undefined) return { leases: [], ret: 0 };
      const rows = await readLeases(driver, bridge, call.signal);
      const now = driver.parts.clock.now() / 1000;
      const wanted = mac === null ? undefined : parseMac(mac);
      const leases = rows
        .filter((it) => it['expiry-time'] === 0 || it['expiry-time'] > now)
        .filter((it) => wanted === undefined || it['mac-address'] === wanted)
        .map((it) => leaseOf(it, bridge, definition));
      return { leases: needResults === 0 ? [] : leases, ret: leases.length };
    },
  };
}

async function readLeases(
  { parts }: NetworkDriver,
  bridge: string,
  signal: AbortSignal,
): Promise<readonly LeaseRow[]> {
  const path = `${parts.paths.dnsmasq}/${bridge}.status`;
  if ((await parts.files.info(path)) === undefined) return [];
  return parseLeases(new TextDecoder().decode(await parts.files.read(path, { signal })), path);
}

function leaseOf(row: LeaseRow, iface: string, { ips }: Network) {
  const family = parseIp(row['ip-address'])?.family ?? 'ipv4';
  const served = ips.find((it) => it.address.family === family);
  return {
    iface,
    expirytime: BigInt(Math.trunc(row['expiry-time'])),
    type: TYPES[family],
    mac: row['mac-address'] ?? null,
    iaid: row.iaid ?? null,
    ipaddr: row['ip-address'],
    prefix: served === undefined ? 0 : prefixOf(served),
    hostname: row.hostname ?? null,
    clientid: row['client-id'] ?? null,
  };
}
