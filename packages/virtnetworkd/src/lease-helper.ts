// What dnsmasq runs for each lease: `add|old|del MAC ADDRESS [HOSTNAME]`, or `init` to be told all that are known. It keeps
// libvirt's file beside the network, and is a program of its own because it must be small.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { formatLeases, type LeaseRow, parseLeases, withLease } from './plan/lease-file.js';

function fileOf(environment: NodeJS.ProcessEnv): string {
  const { DNSMASQ_INTERFACE, VIR_BRIDGE_NAME, LEASES_DIRECTORY } = environment;
  // For old leases dnsmasq may not know the interface.
  const bridge = VIR_BRIDGE_NAME ?? DNSMASQ_INTERFACE;
  if (bridge === undefined || LEASES_DIRECTORY === undefined || bridge.includes('/')) {
    throw new Error('run by dnsmasq of a virtual network only');
  }
  return `${LEASES_DIRECTORY}/${bridge}.status`;
}

function readLeases(path: string): readonly LeaseRow[] {
  try {
    return parseLeases(readFileSync(path, 'utf8'), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function leaseFrom(hardware: string, address: string, hostname: string | undefined): LeaseRow {
  const { DNSMASQ_LEASE_EXPIRES, DNSMASQ_CLIENT_ID, DNSMASQ_MAC, DNSMASQ_IAID } = process.env;
  const isV6 = address.includes(':');
  const mac = isV6 ? DNSMASQ_MAC : hardware;
  // For IPv6 the client's own identifier stands where the MAC address is.
  const client = isV6 ? hardware : DNSMASQ_CLIENT_ID;
  const name = hostname ?? process.env.DNSMASQ_OLD_HOSTNAME;
  return {
    'ip-address': address,
    ...(mac === undefined ? {} : { 'mac-address': mac }),
    ...(name === undefined ? {} : { hostname: name }),
    ...(client === undefined ? {} : { 'client-id': client }),
    ...(DNSMASQ_IAID === undefined ? {} : { iaid: DNSMASQ_IAID }),
    'expiry-time': Number(DNSMASQ_LEASE_EXPIRES ?? 0),
  };
}

/** The form in which dnsmasq keeps leases itself. */
function told(rows: readonly LeaseRow[]): string {
  const now = Date.now() / 1000;
  const valid = rows.filter((it) => it['expiry-time'] === 0 || it['expiry-time'] > now);
  const line = (row: LeaseRow) =>
    [
      row['expiry-time'],
      row.iaid ?? row['mac-address'] ?? '*',
      row['ip-address'],
      row.hostname ?? '*',
      row['client-id'] ?? '*',
    ].join(' ');
  const [v4, v6] = [false, true].map((isV6) => valid.filter((it) => it['ip-address'].includes(':') === isV6));
  return [...(v4 ?? []), ...(v6 ?? [])].map((it) => `${line(it)}\n`).join('');
}

function main([action, hardware, address, hostname]: readonly string[]): void {
  const path = fileOf(process.env);
  if (action === 'init') {
    process.stdout.write(told(readLeases(path)));
    return;
  }
  if (action !== 'add' && action !== 'old' && action !== 'del') return;
  if (hardware === undefined || address === undefined) return;
  const rows = withLease(readLeases(path), { action, row: leaseFrom(hardware, address, hostname) });
  writeFileSync(`${path}.new`, formatLeases(rows), { mode: 0o644 });
  renameSync(`${path}.new`, path);
}

main(process.argv.slice(2));
