import { describe, expect, test } from 'vitest';
import type { Uuid } from '../../wire/uuid.js';
import { formatNetwork, parseNetwork } from './parse-network.js';
import { updateNetwork } from './update-network.js';

const newUuid = () => '00000000-0000-4000-8000-000000000001' as Uuid;
const parse = (xml: string) => parseNetwork(xml, { newUuid });
const isolated = (inner: string) => `<network><name>lan</name>${inner}</network>`;
const nat = (inner: string) =>
  isolated(`<forward/><ip address='10.1.2.1' prefix='24'><dhcp>${inner}</dhcp></ip>`);

describe('a network', () => {
  test('gets what is not said: UUID, spanning tree, forwarding by NAT', () => {
    expect(formatNetwork(parse(nat('')))).toBe(`<network>
  <name>lan</name>
  <uuid>00000000-0000-4000-8000-000000000001</uuid>
  <forward mode='nat'/>
  <bridge stp='on' delay='0'/>
  <ip address='10.1.2.1' prefix='24'>
  </ip>
</network>
`);
  });

  test.each([
    ['<network/>', 21, 'missing name information'],
    [isolated('').replace('lan', '..'), 27, "XML error: invalid network name '..'"],
    [isolated('').replace('lan', 'a/b'), 27, "XML error: name a/b cannot contain '/'"],
    [
      isolated('<forward/>'),
      27,
      "XML error: nat forwarding requested, but no IP address provided for network 'lan'",
    ],
    [
      isolated("<forward mode='bridge'/><bridge name='br0' delay='3'/>"),
      27,
      "XML error: bridge delay/stp/zone options only allowed in route, nat, and isolated mode, not in bridge (network 'lan')",
    ],
    [isolated("<ip address='10.0.0.256'/>"), 27, "XML error: Invalid address '10.0.0.256' in network 'lan'"],
    [
      isolated("<ip family='ipv6' address='10.0.0.1'/>"),
      27,
      "XML error: Family 'ipv6' specified for non-IPv6 address '10.0.0.1' in network 'lan'",
    ],
    [
      nat("<range start='10.1.3.2' end='10.1.3.9'/>"),
      1,
      'internal error: range 10.1.3.2 - 10.1.3.9 is not entirely within network 10.1.2.1/24',
    ],
    [
      nat("<range start='10.1.2.9' end='10.1.2.255'/>"),
      1,
      'internal error: end of range 10.1.2.9 - 10.1.2.255 in network 10.1.2.1/24 is the broadcast address',
    ],
    [
      nat("<host mac='03:00:00:00:00:01' ip='10.1.2.3'/>"),
      27,
      "XML error: expected unicast mac address, found multicast '03:00:00:00:00:01' in network 'lan'",
    ],
    [
      nat("<host name='a'/>"),
      27,
      "XML error: Missing IP address in static host definition for network 'lan'",
    ],
  ])('is refused: %s', (xml, code, message) => {
    expect(() => parse(xml)).toThrow(expect.objectContaining({ code, message }));
  });
});

describe('an update', () => {
  const network = parse(nat("<host mac='52:54:00:00:00:01' name='a' ip='10.1.2.3'/>"));
  const host = (command: 'modify' | 'delete' | 'add-last', xml: string) =>
    updateNetwork(network, { command, section: 'ip-dhcp-host', parentIndex: -1, xml });

  test('changes the entry that is meant and leaves the network that was given alone', () => {
    const changed = host('modify', "<host mac='52:54:00:00:00:01' name='a' ip='10.1.2.9'/>");
    expect(formatNetwork(changed)).toContain("<host mac='52:54:00:00:00:01' name='a' ip='10.1.2.9'/>");
    expect(formatNetwork(network)).toContain("ip='10.1.2.3'");
    expect(formatNetwork(host('delete', "<host name='a'/>"))).not.toContain('<host');
  });

  test('refuses an entry that stands in the way, and one that is not there', () => {
    expect(() => host('add-last', "<host mac='52:54:00:00:00:02' ip='10.1.2.3'/>")).toThrow(
      /there is an existing dhcp host entry in network 'lan'/,
    );
    expect(() => host('delete', "<host name='b'/>")).toThrow(
      /couldn't locate a matching dhcp host entry in network 'lan'/,
    );
  });

  test('refuses sections that cannot be updated', () => {
    const update = { command: 'modify', section: 'bridge', parentIndex: -1, xml: '<bridge/>' } as const;
    expect(() => updateNetwork(network, update)).toThrow(/can't update 'bridge' section of network 'lan'/);
  });
});
