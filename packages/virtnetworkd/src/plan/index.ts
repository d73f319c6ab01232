export { type DnsmasqFiles, type DnsmasqPlaces, dnsmasqFiles } from './dnsmasq-config.js';
export type { FirewallSubject, Layer } from './firewall/firewall-rule.js';
export { IPTABLES_CHAINS, type IptablesRule, iptablesRules } from './firewall/iptables-rules.js';
export {
  checksumCommands,
  NFT_FAMILY,
  NFT_TABLE,
  type NftRule,
  nftablesRules,
  nftTable,
} from './firewall/nftables-rules.js';
export { extraHosts } from './hosts-file.js';
export { formatMacTable, type MacTable, parseMacTable, withMac, withoutMac } from './mac-table.js';
