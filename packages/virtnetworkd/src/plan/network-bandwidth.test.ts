import { type NetworkPort, parseNetwork, parseNetworkPort } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import { expect, test } from 'vitest';
import { checkFloor, classIds, networkLimits, promiseFloor, withClass } from './network-bandwidth.js';

const newUuid = () => '00000000-0000-4000-8000-000000000001' as Uuid;
const network = parseNetwork(
  "<network><name>lan</name><bridge name='br0'/><bandwidth><inbound average='1000' peak='1500'/></bandwidth></network>",
  { newUuid },
);
const port = (floor: number): NetworkPort =>
  parseNetworkPort(
    `<networkport><owner><name>a</name><uuid>${newUuid()}</uuid></owner><mac address='52:54:00:aa:bb:cc'/>
     <bandwidth><inbound average='100' floor='${floor}'/></bandwidth></networkport>`,
    { newUuid },
  );

test('the bridge sends what the network receives', () => {
  expect(networkLimits('br0', network.bandwidth ?? {}).needed).toEqual([
    'qdisc add dev br0 root handle 1: htb default 2',
    'class add dev br0 parent 1: classid 1:1 htb rate 1000kbps ceil 1500kbps',
    'class add dev br0 parent 1:1 classid 1:2 htb rate 1000kbps ceil 1500kbps',
  ]);
});

test('a promise is a class of its own, and leaves the others the rest', () => {
  const first = withClass(port(200), []);
  const second = withClass(port(100), [first]);
  expect(classIds([first, second])).toEqual([0, 1, 2, 3, 4]);
  expect(promiseFloor(network, second, 300n).needed).toEqual([
    'class add dev br0 parent 1:1 classid 1:4 htb rate 100kbps ceil 1500kbps',
    'filter add dev br0 protocol ip prio 2 handle 800::4 u32 match u16 0x0800 0xffff at -2 match u32 0x00aabbcc 0xffffffff at -12 match u16 0x5254 0xffff at -14 flowid 1:4',
    'class change dev br0 classid 1:2 htb rate 700kbps ceil 1500kbps',
  ]);
});

test('what cannot be kept is refused', () => {
  expect(() => checkFloor(network, port(200), 1400n)).toThrow(
    "Cannot plug '52:54:00:aa:bb:cc' interface into 'br0' because it would overcommit 'peak' on network 'lan'",
  );
  const { bandwidth: _none, ...unlimited } = network;
  expect(() => checkFloor(unlimited, port(1), 0n)).toThrow(
    "Invalid use of 'floor' on interface with MAC address 52:54:00:aa:bb:cc - network 'lan' has no inbound QoS set",
  );
});
