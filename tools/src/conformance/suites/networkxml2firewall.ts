import { type Network, parseNetwork } from '@modvirt/core/schema';
import {
  checksumCommands,
  type FirewallSubject,
  iptablesRules,
  NFT_FAMILY,
  NFT_TABLE,
  nftablesRules,
} from '@modvirt/virtnetworkd/plan';
import { type CorpusCase, failed, inputOf, type Suite } from '../case.js';
import { compareWithFile } from '../compare.js';
import { countedUuid } from '../pretended-host.js';
import { formatArgs } from '../qemu/args-file.js';

type Command = readonly [program: string, ...argv: string[]];

/** Networks: the rules of the firewall, as the commands that would put them in one by one. */
export const networkxml2firewall: Suite = {
  name: 'networkxml2firewall',
  run(it, corpus) {
    const expected = Object.values(it.expect ?? {})[0];
    if (expected === undefined) return failed('the case says no rules');
    const network = parseNetwork(corpus.read(inputOf(it)), { newUuid: countedUuid });
    const commands = commandsFor(it, network);
    return compareWithFile(
      commands.map(([program, ...argv]) => formatArgs([], program, argv)).join(''),
      expected,
      corpus,
    );
  },
};

function commandsFor(it: CorpusCase, network: Network): readonly Command[] {
  const subject: FirewallSubject = { network, bridge: network.bridge?.name ?? '' };
  return it.backend === 'iptables' ? iptables(subject) : nftables(subject);
}

function iptables(subject: FirewallSubject): readonly Command[] {
  return iptablesRules(subject).map(({ layer, table, chain, words }) => [
    layer === 'ipv4' ? 'iptables' : 'ip6tables',
    ...['-w', '--table', table, '--insert', chain, ...words],
  ]);
}

function nftables(subject: FirewallSubject): readonly Command[] {
  const checksums = checksumCommands(subject);
  const look: Command = ['tc', 'qdisc', 'show', 'dev', subject.bridge, 'handle', '1:'];
  return [
    ...(checksums.length === 0 ? [] : [look]),
    ...checksums.map((argv): Command => ['tc', ...argv]),
    ...nftablesRules(subject).map(
      ({ layer, chain, words }): Command => [
        'nft',
        ...['-ae', 'insert', 'rule', NFT_FAMILY[layer], NFT_TABLE, chain, ...words],
      ],
    ),
  ];
}
