/** One rule, or the policy of a chain, as a tool lists it. */
export interface ListedRule {
  /** E.g. `ipv4 filter FORWARD`: layer or family, table, chain. */
  readonly chain: string;
  readonly text: string;
}

const OURS = /\b(LIBVIRT|MODVIRT)_|\blibvirt_network\b/;

/** Whether a listed rule belongs to us, or leads to our rules. */
export function isOurs({ chain, text }: ListedRule): boolean {
  return OURS.test(chain) || OURS.test(text);
}

/** What `iptables-save` prints. */
export function listedIptables(layer: string, saved: string): readonly ListedRule[] {
  const rules: ListedRule[] = [];
  let table = '';
  for (const line of saved.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1);
    const [, policyChain, policy] = /^:(\S+) (ACCEPT|DROP)/.exec(line) ?? [];
    if (policyChain !== undefined)
      rules.push({ chain: `${layer} ${table} ${policyChain}`, text: `policy ${policy}` });
    const [, chain, text] = /^-A (\S+) (.*)$/.exec(line) ?? [];
    if (chain !== undefined && text !== undefined)
      rules.push({ chain: `${layer} ${table} ${chain}`, text: text.trim() });
  }
  return rules;
}

/** What `nft -a list ruleset` prints. */
export function listedNft(ruleset: string): readonly ListedRule[] {
  const rules: ListedRule[] = [];
  let table = '';
  let chain = '';
  for (const raw of ruleset.split('\n')) {
    const line = raw.trim();
    const named = /^(table|chain) (.*?) \{/.exec(line);
    if (named?.[1] === 'table') table = named[2] ?? '';
    else if (named?.[1] === 'chain') chain = named[2] ?? '';
    else if (line === '}') chain = '';
    else if (chain !== '' && line !== '') rules.push({ chain: `${table} ${chain}`, text: line });
  }
  return rules;
}

/** Rules of somebody else that drop what guests on `bridges` send or are sent, in words for the administrator. */
export function foreignDrops(rules: readonly ListedRule[], bridges: readonly string[]): readonly string[] {
  const found: string[] = [];
  /** Chains in which our rules came first: what follows there concerns nobody of ours. */
  const passed = new Set<string>();
  const forwarding = new Set(
    rules.filter((it) => /type filter hook forward/.test(it.text)).map((it) => it.chain),
  );
  for (const rule of rules) {
    const { chain, text } = rule;
    if (isOurs(rule)) {
      passed.add(chain);
      continue;
    }
    const isForward = forwarding.has(chain) || /^ipv[46] filter FORWARD$/.test(chain);
    if (!isForward || passed.has(chain)) continue;
    if (dropsByPolicy(text) || (dropsByRule(text) && concerns(text, bridges))) {
      found.push(`${chain}: ${text}`);
    }
  }
  return found;
}

/** With iptables our rules, which accept, are asked before the policy is. */
function dropsByPolicy(text: string): boolean {
  return /type filter hook forward .*policy drop/.test(text);
}

function dropsByRule(text: string): boolean {
  return /-j (DROP|REJECT)\b/.test(text) || /\b(drop|reject)\b/.test(text.replace(/"[^"]*"/g, ''));
}

/** A rule for other devices only does not concern us. */
function concerns(text: string, bridges: readonly string[]): boolean {
  const devices = [...text.matchAll(/(?:^|\s)(?:! )?(?:-[io]|[io]ifname|[io]if) "?([^\s"]+)"?/g)].map(
    (it) => it[1] ?? '',
  );
  return devices.length === 0 || devices.some((it) => bridges.includes(it));
}
