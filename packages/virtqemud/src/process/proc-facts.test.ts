import { parseNetworkDevices } from '@modvirt/core/hypervisor';
import { expect, test } from 'vitest';
import { waitSumNs } from './proc-facts.js';

test('reads the time a thread waited, in either of its spellings', () => {
  expect(
    waitSumNs('se.exec_start : 1.0\nse.statistics.wait_sum                       :             1.234567\n'),
  ).toBe(1_234_567n);
  expect(waitSumNs('wait_sum : 12.5\n')).toBe(12_500_000n);
  expect(waitSumNs('nothing of the kind')).toBe(0n);
});

test('reads counters of network devices', () => {
  const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:     100       1    2    3    0     0          0         0      100       1    0    0    0     0       0          0
 vnet0:    5000      50    0    0    0     0          0         0      700       7    8    9    0     0       0          0
`;
  const devices = parseNetworkDevices(text);
  expect([...devices.keys()]).toEqual(['lo', 'vnet0']);
  expect(devices.get('vnet0')).toEqual({
    rx: { bytes: 5000n, packets: 50n, errors: 0n, drops: 0n },
    tx: { bytes: 700n, packets: 7n, errors: 8n, drops: 9n },
  });
});
