import { expect, test } from 'vitest';
import type { Uuid } from '../../wire/uuid.js';
import { formatDomain, parseDomain } from './parse-domain.js';

const newUuid = () => '00000000-0000-4000-8000-000000000001' as Uuid;

const STATUS = `<domain type='qemu' id='1'><name>a</name><memory>1</memory><os><type>hvm</type></os><devices>
  <interface type='network'><mac address='52:54:00:00:00:01'/><source network='lan'/>
  <actual type='bridge'><source bridge='br0'/><port isolated='yes'/></actual><target dev='vnet3'/></interface>
  </devices></domain>`;

test('a running interface is what its network made of it, and is saved as what was asked for', () => {
  const domain = parseDomain(STATUS, { status: true, newUuid });
  const live = formatDomain(domain);
  expect(live).toContain("<interface type='bridge'>");
  expect(live).toContain("<source network='lan' bridge='br0'/>");
  expect(live).not.toContain('<actual');
  const saved = formatDomain(domain, { status: true });
  expect(saved).toContain("<source network='lan'/>");
  expect(saved).toContain("<actual type='bridge'>");
  expect(parseDomain(saved, { status: true, newUuid })).toEqual(domain);
});
