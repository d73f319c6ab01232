import type { NetworkConfig } from '@modvirt/core/config';
import type { Logger, Processes } from '@modvirt/core/ports';
import type { Firewall } from './firewall.js';
import { IptablesFirewall } from './iptables-firewall.js';
import { NftFirewall } from './nft-firewall.js';

const DIRECTORIES = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const PROGRAMS = { nftables: 'nft', iptables: 'iptables' } as const;

export interface FirewallParts {
  readonly processes: Processes;
  readonly log: Logger;
  /** What the administrator wants. */
  readonly wanted: NetworkConfig['firewall_backend'];
  exists(path: string): boolean;
}

/** What is configured, or nftables where it is installed, else iptables. @throws Error for one that is not installed */
export function chooseFirewall({ processes, log, wanted, exists }: FirewallParts): Firewall {
  const isInstalled = (backend: keyof typeof PROGRAMS): boolean =>
    DIRECTORIES.some((directory) => exists(`${directory}/${PROGRAMS[backend]}`));
  if (wanted !== undefined && !isInstalled(wanted)) {
    throw new Error(`requested firewall_backend '${wanted}' is not available`);
  }
  const backend = wanted ?? (isInstalled('nftables') ? 'nftables' : 'iptables');
  log.debug('firewall chosen', { backend });
  return backend === 'nftables' ? new NftFirewall(processes, log) : new IptablesFirewall(processes, log);
}
