import { expect, test } from 'vitest';
import { toJson } from '../command/json.js';
import { type BlockImage, effectiveNode, imageNodes } from './layers.js';

const image: BlockImage = {
  nodePrefix: 'libvirt-1',
  location: { type: 'file', path: '/dev/fdset/3' },
  format: { name: 'raw' },
  readOnly: true,
  cache: 'default',
  secrets: { encryption: [] },
};

function lines(of: BlockImage): readonly string[] {
  return imageNodes(of, undefined).map(toJson);
}

test('a raw image is one node', () => {
  expect(lines(image)).toEqual([
    '{"driver":"file","filename":"/dev/fdset/3","node-name":"libvirt-1-storage","read-only":true}',
  ]);
});

test('a descriptor that can be written to is guarded by a layer that is only read', () => {
  const guarded = { ...image, fds: { fdset: 3, numbers: [7], writable: true } };
  expect(effectiveNode(guarded)).toBe('libvirt-1-format');
  expect(lines(guarded)).toEqual([
    '{"driver":"file","filename":"/dev/fdset/3","node-name":"libvirt-1-storage","read-only":false,"discard":"unmap"}',
    '{"node-name":"libvirt-1-format","read-only":true,"driver":"raw","file":"libvirt-1-storage"}',
  ]);
});

test('only several descriptors leave open whether the image is written to', () => {
  const [storage] = lines({
    ...image,
    format: { name: 'qcow2' },
    fds: { fdset: 3, numbers: [7, 8], writable: false },
  });
  expect(storage).toContain('"auto-read-only":true');
});

test('a raw image says nothing of images below it, whatever layer it has', () => {
  const luks: BlockImage = {
    ...image,
    format: { name: 'raw', encryption: 'luks' },
    secrets: { encryption: ['key0'] },
  };
  expect(imageNodes(luks, null).map(toJson).join()).not.toContain('backing');
});
