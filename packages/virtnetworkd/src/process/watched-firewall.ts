import type { FirewallSubject } from '../plan/firewall/firewall-rule.js';
import { isOurs, type ListedRule } from '../plan/firewall/foreign-drops.js';
import type { AppliedRules, Firewall } from './firewall.js';

/** A packet filter that knows what it has been told, and so what somebody else has taken away. */
export class WatchedFirewall implements Firewall {
  readonly #inner: Firewall;
  #expected: ReadonlySet<string> = new Set();
  /** Looking and changing take turns. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(inner: Firewall) {
    this.#inner = inner;
  }

  apply(subject: FirewallSubject, signal: AbortSignal): Promise<AppliedRules> {
    return this.#inTurn(async () => {
      const applied = await this.#inner.apply(subject, signal);
      await this.#remember(signal);
      return applied;
    });
  }

  remove(rules: AppliedRules): Promise<void> {
    return this.#inTurn(async () => {
      await this.#inner.remove(rules);
      await this.#remember();
    });
  }

  list(signal?: AbortSignal): Promise<readonly ListedRule[]> {
    return this.#inTurn(() => this.#inner.list(signal));
  }

  /** Whether a rule of ours is gone from what `list` gave. */
  lacksRules(rules: readonly ListedRule[]): boolean {
    const present = new Set(rules.filter(isOurs).map(lineOf));
    return [...this.#expected].some((line) => !present.has(line));
  }

  async #remember(signal?: AbortSignal): Promise<void> {
    this.#expected = new Set((await this.#inner.list(signal)).filter(isOurs).map(lineOf));
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(run, run);
    // Whoever waits for this turn hears of its failure; the next one need not.
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

function lineOf({ chain, text }: ListedRule): string {
  return `${chain} ${text}`;
}
