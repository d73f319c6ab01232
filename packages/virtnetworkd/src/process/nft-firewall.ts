import { VirError } from '@modvirt/core/errors';
import type { Logger, Processes } from '@modvirt/core/ports';
import type { FirewallSubject, Layer } from '../plan/firewall/firewall-rule.js';
import { type ListedRule, listedNft } from '../plan/firewall/foreign-drops.js';
import { nftForwardChains, nftForwards } from '../plan/firewall/forward-rules.js';
import {
  checksumCommands,
  NFT_FAMILY,
  NFT_TABLE,
  type NftRule,
  nftablesRules,
  nftTable,
} from '../plan/firewall/nftables-rules.js';
import type { AppliedRules, Firewall, Removal } from './firewall.js';
import { runTool } from './tool.js';

const HANDLE = /^insert rule .* # handle (\d+)$/;

/** The packet filter through nft: all rules of a network in one transaction. */
export class NftFirewall implements Firewall {
  readonly #processes: Processes;
  readonly #log: Logger;

  constructor(processes: Processes, log: Logger) {
    this.#processes = processes;
    this.#log = log;
  }

  async apply(subject: FirewallSubject, signal: AbortSignal): Promise<AppliedRules> {
    const forwards = nftForwards(subject);
    const rules = [...nftablesRules(subject), ...forwards];
    if (rules.length === 0) return { backend: 'nftables', removals: [] };
    await this.#setUp(new Set(rules.map((it) => it.layer)), signal);
    const chains = [...new Set(forwards.map((it) => it.layer))].flatMap(nftForwardChains);
    if (chains.length > 0)
      await this.#run(
        ['-f', '-'],
        chains.map((words) => words.join(' ')),
        signal,
      );
    const lines = rules.map(({ layer, chain, words }) =>
      ['insert', 'rule', NFT_FAMILY[layer], NFT_TABLE, chain, ...words].join(' '),
    );
    const echo = await this.#run(['-a', '-e', '-f', '-'], lines, signal);
    await this.#fillChecksums(subject, signal);
    return { backend: 'nftables', removals: removalsFrom(echo, rules) };
  }

  /** Only very old DHCP clients need it, and not every kernel has it: without it the network serves all others. */
  async #fillChecksums(subject: FirewallSubject, signal: AbortSignal): Promise<void> {
    const { bridge } = subject;
    try {
      const show = (...what: string[]) => runTool(this.#processes, ['tc', ...what], { signal });
      const hasQueue = (await show('qdisc', 'show', 'dev', bridge, 'handle', '1:')).trim() !== '';
      if (hasQueue && (await show('filter', 'show', 'dev', bridge, 'parent', '1:')).includes('csum')) return;
      // Limits of the network have made the queue already.
      for (const words of checksumCommands(subject).filter(([what]) => !hasQueue || what !== 'qdisc'))
        await runTool(this.#processes, ['tc', ...words], { signal });
    } catch (error) {
      signal.throwIfAborted();
      this.#log.warn('checksums of DHCP answers are left to the network card', { bridge, error });
    }
  }

  async remove({ removals }: AppliedRules): Promise<void> {
    const lines = removals.map((it) => it.words.join(' '));
    if (lines.length === 0) return;
    try {
      await this.#run(['-f', '-'], lines);
    } catch (error) {
      this.#log.warn('firewall rules were changed by someone else', { error });
      for (const line of lines) await this.#removeOne(line);
    }
  }

  async list(signal?: AbortSignal): Promise<readonly ListedRule[]> {
    const run = signal === undefined ? {} : { signal };
    return listedNft(await runTool(this.#processes, ['nft', '-a', 'list', 'ruleset'], run));
  }

  async #removeOne(line: string): Promise<void> {
    try {
      await this.#run(['-f', '-'], [line]);
    } catch (error) {
      this.#log.debug('rule is gone already', { rule: line, error });
    }
  }

  /** A table that is there is whole: it was made in one transaction. */
  async #setUp(layers: ReadonlySet<Layer>, signal: AbortSignal): Promise<void> {
    const present = await runTool(this.#processes, ['nft', 'list', 'tables'], { signal });
    const missing = [...layers].filter(
      (layer) => !present.includes(`table ${NFT_FAMILY[layer]} ${NFT_TABLE}\n`),
    );
    if (missing.length === 0) return;
    const lines = missing.flatMap((layer) => nftTable(layer)).map((words) => words.join(' '));
    await this.#run(['-f', '-'], lines, signal);
  }

  #run(argv: readonly string[], lines: readonly string[], signal?: AbortSignal): Promise<string> {
    const stdin = `${lines.join('\n')}\n`;
    return runTool(this.#processes, ['nft', ...argv], { stdin, ...(signal === undefined ? {} : { signal }) });
  }
}

function removalsFrom(echo: string, rules: readonly NftRule[]): readonly Removal[] {
  const handles = echo.split('\n').flatMap((line) => HANDLE.exec(line)?.[1] ?? []);
  if (handles.length !== rules.length) {
    throw VirError.of('INTERNAL_ERROR', `nft named ${handles.length} of ${rules.length} rules`, {
      domain: 'NETWORK',
    });
  }
  return rules
    .map(({ layer, chain }, at) => ({
      layer,
      words: ['delete', 'rule', NFT_FAMILY[layer], NFT_TABLE, chain, 'handle', handles[at] ?? ''],
    }))
    .reverse();
}
