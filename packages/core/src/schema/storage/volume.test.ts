import { expect, test } from 'vitest';
import { formatVolume, parseVolume } from './volume.js';

const volume = (inner: string): string => `<volume><name>v</name><capacity>1</capacity>${inner}</volume>`;

test('what is allocated is the capacity unless said', () => {
  expect(parseVolume(volume(''), { pool: 'dir' })).toMatchObject({ allocation: 1n, hasAllocation: false });
  const said = parseVolume(volume('<allocation>0</allocation>'), { pool: 'dir' });
  expect(said).toMatchObject({ allocation: 0n, hasAllocation: true });
});

test('features ask for the version of the format that has them', () => {
  const xml = volume('<target><format type="qcow2"/><features><lazy_refcounts/></features></target>');
  expect(parseVolume(xml, { pool: 'dir' }).target.compat).toBe('1.1');
});

test('refuses formats of another kind of pool, and compatibility levels that are none', () => {
  const parse = (inner: string, pool: 'dir' | 'disk') => () => parseVolume(volume(inner), { pool });
  const qcow2 = '<target><format type="qcow2"/></target>';
  expect(parse(qcow2, 'disk')).toThrow('unknown volume format type qcow2');
  expect(parse('<target><compat>1.1,x</compat></target>', 'dir')).toThrow("forbidden characters in 'compat'");
});

test('a volume needs its capacity, unless it is on another image or a copy', () => {
  const bare = '<volume><name>v</name></volume>';
  expect(() => parseVolume(bare, { pool: 'dir' })).toThrow('missing capacity element');
  expect(() => parseVolume(bare, { pool: 'dir', capacity: 'optional' })).toThrow('missing capacity element');
  expect(parseVolume(bare, { pool: 'dir', capacity: 'none' }).capacity).toBe(0n);
});

test('times and places are printed and never read', () => {
  const xml = volume('<target><timestamps><mtime>1</mtime></timestamps></target>');
  const read = parseVolume(xml, { pool: 'dir' });
  expect(read.target.timestamps).toBeUndefined();
  const known = { ...read, target: { ...read.target, timestamps: { mtime: '1.5' } } };
  expect(formatVolume(known)).toContain('<mtime>1.5</mtime>');
});
