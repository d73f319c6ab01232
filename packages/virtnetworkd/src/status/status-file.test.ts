import { parseNetwork } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import { expect, test } from 'vitest';
import { formatStatus, parseStatus } from './status-file.js';

const newUuid = () => '00000000-0000-4000-8000-000000000001' as Uuid;

test('the next daemon reads what this one wrote', () => {
  const definition = parseNetwork(
    "<network><name>lan</name><bridge name='br0'/><ip address='10.0.0.1' prefix='8'/></network>",
    { newUuid },
  );
  const words = ['delete', 'rule', 'ip', 'libvirt_network', 'guest_input', 'handle', '7'];
  const rules = { backend: 'nftables', removals: [{ layer: 'ipv4', words }] } as const;
  const text = formatStatus({ definition, rules });
  expect(text.endsWith('</networkstatus>')).toBe(true);
  expect(parseStatus(text, newUuid)).toEqual({ definition, rules });
  expect(parseStatus(formatStatus({ definition, rules: undefined }), newUuid).rules).toBeUndefined();
});
