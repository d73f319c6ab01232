import type { Logger, Processes } from '@modvirt/core/ports';
import type { FirewallSubject, Layer } from '../plan/firewall/firewall-rule.js';
import { type ListedRule, listedIptables } from '../plan/firewall/foreign-drops.js';
import { FORWARD_CHAINS, iptablesForwards } from '../plan/firewall/forward-rules.js';
import { IPTABLES_CHAINS, type IptablesRule, iptablesRules } from '../plan/firewall/iptables-rules.js';
import type { AppliedRules, Firewall, Removal } from './firewall.js';
import { runTool } from './tool.js';

const LAYERS = ['ipv4', 'ipv6'] as const;
const PROGRAM = { ipv4: 'iptables', ipv6: 'ip6tables' } as const;

/** The packet filter through iptables: one process to look and one to change, for each layer. */
export class IptablesFirewall implements Firewall {
  readonly #processes: Processes;
  readonly #log: Logger;

  constructor(processes: Processes, log: Logger) {
    this.#processes = processes;
    this.#log = log;
  }

  async apply(subject: FirewallSubject, signal: AbortSignal): Promise<AppliedRules> {
    const rules = [...iptablesRules(subject), ...iptablesForwards(subject)];
    const removals: Removal[] = [];
    try {
      for (const layer of LAYERS) {
        const ours = rules.filter((it) => it.layer === layer);
        if (ours.length === 0) continue;
        await this.#insert(layer, ours, signal);
        removals.push(...ours.map(({ table, chain, words }) => removal(layer, table, chain, words)));
      }
    } catch (error) {
      await this.remove({ backend: 'iptables', removals });
      throw error;
    }
    return { backend: 'iptables', removals: removals.reverse() };
  }

  async remove({ removals }: AppliedRules): Promise<void> {
    for (const layer of LAYERS) {
      const ours = removals.filter((it) => it.layer === layer);
      if (ours.length > 0) await this.#removeFrom(layer, ours);
    }
  }

  async list(signal?: AbortSignal): Promise<readonly ListedRule[]> {
    const run = signal === undefined ? {} : { signal };
    const saved = await Promise.all(
      LAYERS.map(async (layer) =>
        listedIptables(layer, await runTool(this.#processes, [`${PROGRAM[layer]}-save`], run)),
      ),
    );
    return saved.flat();
  }

  async #insert(layer: Layer, rules: readonly IptablesRule[], signal: AbortSignal): Promise<void> {
    const present = await runTool(this.#processes, [`${PROGRAM[layer]}-save`], { signal });
    const byTable = groupBy(rules, (it) => it.table);
    const isUsed = rules.some((it) => it.chain.startsWith('MODVIRT_'));
    const chains = isUsed ? [...IPTABLES_CHAINS, ...FORWARD_CHAINS] : IPTABLES_CHAINS;
    const script = [...new Set(chains.map(([table]) => table))].map((table) => {
      const setUp = missingChains(present, table, chains);
      const added = (byTable.get(table) ?? []).map(({ chain, words }) => `-I ${chain} ${words.join(' ')}`);
      return [`*${table}`, ...setUp, ...added, 'COMMIT', ''].join('\n');
    });
    await this.#restore(layer, script.join(''), signal);
  }

  // Somebody may have flushed the rules: then the transaction fails and each is tried by itself.
  async #removeFrom(layer: Layer, removals: readonly Removal[]): Promise<void> {
    const byTable = groupBy(removals, (it) => it.words[1] ?? '');
    const script = [...byTable].map(([table, ours]) =>
      [`*${table}`, ...ours.map((it) => it.words.slice(2).join(' ')), 'COMMIT', ''].join('\n'),
    );
    try {
      await this.#restore(layer, script.join(''));
    } catch (error) {
      this.#log.warn('firewall rules were changed by someone else', { layer, error });
      for (const { words } of removals) await this.#removeOne(layer, words);
    }
  }

  async #removeOne(layer: Layer, words: readonly string[]): Promise<void> {
    try {
      await runTool(this.#processes, [PROGRAM[layer], '-w', ...words]);
    } catch (error) {
      this.#log.debug('rule is gone already', { rule: words.join(' '), error });
    }
  }

  async #restore(layer: Layer, script: string, signal?: AbortSignal): Promise<void> {
    const command = [`${PROGRAM[layer]}-restore`, '-w', '--noflush'] as const;
    await runTool(this.#processes, command, { stdin: script, ...(signal === undefined ? {} : { signal }) });
  }
}

function removal(layer: Layer, table: string, chain: string, words: readonly string[]): Removal {
  return { layer, words: ['--table', table, '-D', chain, ...words] };
}

/** A chain that is declared again would lose its rules. */
function missingChains(present: string, table: string, chains: typeof IPTABLES_CHAINS): readonly string[] {
  const start = present.indexOf(`*${table}\n`);
  const there = start < 0 ? '' : present.slice(start, present.indexOf('COMMIT', start));
  const ours = chains.filter(([one]) => one === table);
  const declared = new Set(ours.map(([, , chain]) => chain));
  return [
    ...[...declared].filter((chain) => !there.includes(`:${chain} `)).map((chain) => `:${chain} - [0:0]`),
    ...ours
      .filter(([, parent, chain]) => !there.includes(`-A ${parent} -j ${chain}\n`))
      .map(([, parent, chain]) => `-I ${parent} -j ${chain}`),
  ];
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
