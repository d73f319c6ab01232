import { expect, test } from 'vitest';
import type { Controller } from '../controller.js';
import { indexControllers } from './controllers.js';

function usb(model: string, index?: number): Controller {
  return { type: 'usb', model, ...(index === undefined ? {} : { index }) } as Controller;
}

function told(controllers: readonly Controller[]): readonly string[] {
  return indexControllers(controllers).map((it) =>
    it.type === 'usb' ? `${it.index} ${it.model} ${it.master ?? '-'}` : `${it.index} ${it.type}`,
  );
}

test('parts of a USB 2 controller share an index until one of them comes again', () => {
  expect(
    told([usb('ich9-ehci1'), usb('ich9-uhci1'), usb('ich9-uhci2'), usb('ich9-uhci1'), usb('nec-xhci')]),
  ).toEqual(['0 ich9-ehci1 -', '0 ich9-uhci1 0', '0 ich9-uhci2 2', '1 ich9-uhci1 0', '2 nec-xhci -']);
});

test('refuses two controllers of one kind and index', () => {
  const twice: readonly Controller[] = [
    { type: 'pci', index: 2, model: 'pci-bridge' },
    { type: 'pci', index: 2, model: 'pci-bridge' },
  ];
  expect(() => indexControllers(twice)).toThrow("Multiple 'pci' controllers with index '2'");
});
