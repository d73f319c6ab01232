import type { Assembly } from '../assembly.js';
import type { BootOrder } from '../definition/boot-order.js';
import { aliasOf } from '../definition/controllers.js';
import type { Redirdev } from '../definition/types.js';
import { addressProps } from './address-props.js';
import { addChardev } from './chardev.js';

export function addRedirdev(to: Assembly, redirdev: Redirdev, boot: BootOrder): void {
  const alias = aliasOf(redirdev);
  const chardev = addChardev(to, redirdev, { alias, spiceName: 'usbredir' });
  to.out.device({
    driver: 'usb-redir',
    chardev,
    id: alias,
    filter: filterText(to),
    bootindex: boot.of(redirdev),
    ...addressProps(to, redirdev),
  });
}

/** `class:vendor:product:version:allow|…`; -1 stands for any. */
function filterText(to: Assembly): string | undefined {
  const rules = to.domain.devices.redirfilter?.usbdevs ?? [];
  if (rules.length === 0) return undefined;
  return rules
    .map((rule) =>
      [
        hex(rule.class, 2),
        hex(rule.vendor, 4),
        hex(rule.product, 4),
        version(rule.version),
        rule.allow ? '1' : '0',
      ].join(':'),
    )
    .join('|');
}

function hex(value: number | undefined, digits: number): string {
  return value === undefined ? '-1' : `0x${value.toString(16).toUpperCase().padStart(digits, '0')}`;
}

/** `1.10` as binary coded decimal: 0x0110. */
function version(text: string | undefined): string {
  if (text === undefined) return '-1';
  const [major = '0', minor = '0'] = text.split('.');
  return `0x${major.padStart(2, '0')}${minor.padStart(2, '0')}`;
}
