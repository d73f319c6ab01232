import type { Logger, Processes } from '@modvirt/core/ports';
import type { Firewall } from './firewall.js';
import { IptablesFirewall } from './iptables-firewall.js';
import { NftFirewall } from './nft-firewall.js';

const DIRECTORIES = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** nftables where it is installed, else iptables. */
export function chooseFirewall(
  processes: Processes,
  log: Logger,
  exists: (path: string) => boolean,
): Firewall {
  const hasNft = DIRECTORIES.some((directory) => exists(`${directory}/nft`));
  log.debug('firewall chosen', { backend: hasNft ? 'nftables' : 'iptables' });
  return hasNft ? new NftFirewall(processes, log) : new IptablesFirewall(processes, log);
}
