import { type ConfigValues, choiceKey } from './config-key.js';

// Keys of network.conf. Names, types and defaults are libvirt's (10.4).

export const networkKeys = {
  firewall_backend: choiceKey(['nftables', 'iptables'], {
    default: undefined,
    doc: 'What filters packets of networks; the first of these that is installed where absent.',
  }),
} as const;

export type NetworkConfig = ConfigValues<typeof networkKeys>;
