import type { FirewallSubject, Layer } from '../plan/firewall/firewall-rule.js';
import type { ListedRule } from '../plan/firewall/foreign-drops.js';

/** How one rule is taken back: the words for the layer's tool. */
export interface Removal {
  readonly layer: Layer;
  readonly words: readonly string[];
}

/** Rules that are in force, as long as nobody else touches them. */
export interface AppliedRules {
  readonly backend: 'iptables' | 'nftables';
  readonly removals: readonly Removal[];
}

/** The host's packet filter. */
export interface Firewall {
  /** All rules of a network or none. */
  apply(subject: FirewallSubject, signal: AbortSignal): Promise<AppliedRules>;
  /** Rules that are no longer there are passed over. */
  remove(rules: AppliedRules): Promise<void>;
  /** Every rule that there is, whoever made it. */
  list(signal?: AbortSignal): Promise<readonly ListedRule[]>;
}
