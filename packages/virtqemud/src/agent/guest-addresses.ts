import { field, list, optionalText, text } from './replies.js';

export interface GuestInterface {
  readonly name: string;
  readonly hwaddr: string | null;
  /** Type 0: IPv4, 1: IPv6 (virIPAddrType). */
  readonly addrs: readonly { readonly type: number; readonly addr: string; readonly prefix: number }[];
}

/** From `guest-network-get-interfaces`; what the kernel of the guest names `eth0:1` belongs to `eth0`. */
export function agentInterfaces(reply: unknown): readonly GuestInterface[] {
  const found = new Map<string, { hwaddr: string | null; addrs: GuestInterface['addrs'][number][] }>();
  for (const it of list(reply)) {
    const [name = ''] = text(it, 'name').split(':');
    const known = found.get(name) ?? { hwaddr: optionalText(it, 'hardware-address') ?? null, addrs: [] };
    found.set(name, known);
    for (const address of list(field(it, 'ip-addresses'))) {
      known.addrs.push({
        type: text(address, 'ip-address-type') === 'ipv4' ? 0 : 1,
        addr: text(address, 'ip-address'),
        prefix: Number(field(address, 'prefix') ?? 0),
      });
    }
  }
  return [...found].map(([name, it]) => ({ name, ...it }));
}
