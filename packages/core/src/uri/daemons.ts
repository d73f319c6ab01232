import type { Owner } from '../protocol/procedure.js';

export interface DaemonRow {
  /** The program, and the base of its sockets' and units' names. */
  readonly name: string;
  /** Scheme of the URIs it drives. */
  readonly scheme: string;
  /** The rows it serves. */
  readonly owner: Exclude<Owner, 'proxy'>;
}

/** Every daemon behind the proxy. Hypervisors in the order in which a client without a URI gets them. */
export const daemons = [
  { name: 'virtxend', scheme: 'xen', owner: 'hypervisor' },
  { name: 'virtqemud', scheme: 'qemu', owner: 'hypervisor' },
  { name: 'virtlxcd', scheme: 'lxc', owner: 'hypervisor' },
  { name: 'virttestd', scheme: 'test', owner: 'hypervisor' },
  { name: 'virtnetworkd', scheme: 'network', owner: 'network' },
  { name: 'virtstoraged', scheme: 'storage', owner: 'storage' },
  { name: 'virtnodedevd', scheme: 'nodedev', owner: 'nodedev' },
  { name: 'virtsecretd', scheme: 'secret', owner: 'secret' },
  { name: 'virtnwfilterd', scheme: 'nwfilter', owner: 'nwfilter' },
  { name: 'virtinterfaced', scheme: 'interface', owner: 'interface' },
] as const satisfies readonly DaemonRow[];

/** Every program that `stack` and packages know. */
export const PROXY = 'virtproxyd';

/** The daemon that drives URIs with this scheme, secondary ones included. */
export function daemonForScheme(scheme: string): DaemonRow | undefined {
  return daemons.find((row) => row.scheme === scheme);
}

/** The daemon that owns networks, pools …; none for a hypervisor's rows, since which one is the URI's to say. */
export function daemonForOwner(owner: Exclude<Owner, 'proxy' | 'hypervisor'>): DaemonRow | undefined {
  return daemons.find((row) => row.owner === owner);
}
