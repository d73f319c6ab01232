import { expect, test } from 'vitest';
import { orderFirmwareFiles, parseFirmwareDescriptor } from './descriptor.js';

const FLASH = {
  'interface-types': ['uefi'],
  mapping: {
    device: 'flash',
    mode: 'split',
    executable: { filename: '/fw/CODE.fd', format: 'raw' },
    'nvram-template': { filename: '/fw/VARS.fd', format: 'raw' },
  },
  targets: [{ architecture: 'x86_64', machines: ['pc-q35-*'] }],
  features: ['secure-boot'],
};

test('reads a flash with a template of its variables', () => {
  const found = parseFirmwareDescriptor(JSON.stringify(FLASH));
  expect(found?.mapping).toEqual({
    device: 'flash',
    mode: 'split',
    executable: { filename: '/fw/CODE.fd', format: 'raw' },
    template: { filename: '/fw/VARS.fd', format: 'raw' },
  });
  expect(found?.features).toEqual(['secure-boot']);
});

test('takes what is no descriptor for none', () => {
  expect(parseFirmwareDescriptor('')).toBeUndefined();
  expect(parseFirmwareDescriptor('{"firmware":{}}')).toBeUndefined();
  expect(parseFirmwareDescriptor('[1,2')).toBeUndefined();
});

test('a file hides the one of the same name further down, an empty one without taking its place', () => {
  const administrator = [
    { name: '20-b.json', text: 'own' },
    { name: '30-c.json', text: '' },
  ];
  const distribution = [
    { name: '30-c.json', text: 'hidden' },
    { name: '10-a.json', text: 'a' },
    { name: '20-b.json', text: 'hidden' },
  ];
  expect(orderFirmwareFiles([administrator, distribution]).map((it) => it.text)).toEqual(['a', 'own']);
});
