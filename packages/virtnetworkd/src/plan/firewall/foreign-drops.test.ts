import { expect, test } from 'vitest';
import { foreignDrops, isOurs, listedIptables, listedNft } from './foreign-drops.js';

const SAVED = `*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:LIBVIRT_FWO - [0:0]
-A FORWARD -i eth9 -j DROP
-A FORWARD -m mark --mark 0x1 -j REJECT
-A FORWARD -j LIBVIRT_FWO
-A FORWARD -j DROP
-A LIBVIRT_FWO -s 10.0.0.0/24 -i lan0 -j ACCEPT
COMMIT
`;

test('rules before ours that drop what guests send are named; those behind and those of others are not', () => {
  const rules = listedIptables('ipv4', SAVED);
  expect(foreignDrops(rules, ['lan0'])).toEqual(['ipv4 filter FORWARD: -m mark --mark 0x1 -j REJECT']);
  expect(rules.filter(isOurs).map((it) => it.text)).toEqual([
    '-j LIBVIRT_FWO',
    '-s 10.0.0.0/24 -i lan0 -j ACCEPT',
  ]);
});

test("another table's policy drops in spite of our rules", () => {
  const rules = listedNft(`table ip libvirt_network { # handle 1
	chain forward { # handle 1
		type filter hook forward priority filter; policy accept;
		jump guest_input # handle 9
	}
}
table ip docker {
	chain FORWARD {
		type filter hook forward priority filter; policy drop;
		iifname "docker0" drop # handle 3
		iifname "lan0" counter packets 0 bytes 0 drop # handle 4
	}
}
`);
  expect(foreignDrops(rules, ['lan0'])).toEqual([
    'ip docker FORWARD: type filter hook forward priority filter; policy drop;',
    'ip docker FORWARD: iifname "lan0" counter packets 0 bytes 0 drop # handle 4',
  ]);
});
