import { expect, test } from 'vitest';
import { bridgePortCommands, hostSideMac } from './bridge-port.js';
import { bandwidthCommands } from './guest-bandwidth.js';

const port = {
  device: 'vnet0',
  bridge: 'virbr0',
  mac: '52:54:00:00:00:01',
  mtu: undefined,
  isolated: false,
  ownsMacTable: false,
};

test('the host has another address than the guest', () => {
  expect(hostSideMac('52:54:00:AA:00:01')).toBe('fe:54:00:aa:00:01');
  expect(hostSideMac('fe:54:00:00:00:01')).toBe('fa:54:00:00:00:01');
});

test('a device goes up on its bridge', () => {
  expect(bridgePortCommands({ ...port, mtu: 9000 })).toEqual([
    {
      tool: 'ip',
      lines: [
        'link set dev vnet0 address fe:54:00:00:00:01 mtu 9000',
        'link set dev vnet0 master virbr0',
        'link set dev vnet0 up',
      ],
    },
  ]);
});

test('an isolated port and a table of our own are settings of the port', () => {
  const [ip, bridge] = bridgePortCommands({ ...port, isolated: true, ownsMacTable: true });
  expect(ip?.lines.slice(2, 4)).toEqual([
    'link set dev vnet0 type bridge_slave isolated on',
    'link set dev vnet0 type bridge_slave learning off flood off',
  ]);
  expect(bridge?.lines).toEqual(['fdb replace 52:54:00:00:00:01 dev vnet0 master static']);
});

test('what the guest receives is limited where the host sends', () => {
  const { needed } = bandwidthCommands('vnet0', {
    inbound: { average: 1000n, peak: 5000n, burst: 1024n },
    outbound: { average: 128n },
  });
  expect(needed[0]?.lines).toEqual([
    'qdisc add dev vnet0 root handle 1: htb default 1',
    'class add dev vnet0 parent 1: classid 1:1 htb rate 1000kbps ceil 5000kbps burst 1024kb',
    'qdisc add dev vnet0 ingress',
    'filter add dev vnet0 parent ffff: protocol all u32 match u32 0 0 police rate 128kbps burst 128kb mtu 64kb drop flowid :1',
  ]);
});
