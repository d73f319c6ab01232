import { formatDomain, parseDomain } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import { expect, test } from 'vitest';
import { migratableForm } from './migratable-form.js';

function devicesFor(machine: string, devices: string): string {
  const domain = parseDomain(
    `<domain type='qemu'><name>g</name><memory>1024</memory><os><type arch='x86_64' machine='${machine}'>hvm</type></os><devices>${devices}</devices></domain>`,
    { newUuid: () => '11111111-2222-3333-4444-555555555555' as Uuid },
  );
  const text = formatDomain(migratableForm(domain, undefined)).replace(/\n\s*/g, '');
  return text.split(/<devices>|<\/devices>/)[1] ?? '';
}

const USB = "<controller type='usb' index='0' model='piix3-uhci'/>";
const ROOT = "<controller type='pci' index='0' model='pci-root'/>";

test('the controllers that an old PC is born with are left out', () => {
  expect(devicesFor('pc', USB + ROOT)).toBe('');
});

test('controllers with brothers, or a name that their user gave them, stay', () => {
  const named = "<controller type='usb' index='0' model='piix3-uhci'><alias name='ua-x'/></controller>";
  const brother = "<controller type='usb' index='1' model='nec-xhci'/>";
  expect(devicesFor('pc', named)).toBe(named);
  expect(devicesFor('pc', USB + brother)).toBe(USB + brother);
  expect(devicesFor('q35', USB)).toBe(USB);
});

test('the keyboard and the silent sound device that every machine has are left out', () => {
  const silent = "<audio id='1' type='none'/>";
  expect(devicesFor('pc', `<input type='keyboard' bus='ps2'/>${silent}`)).toBe('');
  expect(devicesFor('pc', `${silent}<audio id='2' type='none'/>`)).toContain(silent);
  expect(devicesFor('pc', "<input type='keyboard' bus='usb'/>")).toContain('keyboard');
});
