import { expect, test } from 'vitest';
import { cpuMap, cpuMaps, cpusIn, mapLength } from './cpu-maps.js';

test('sets the bits of processors, the lowest first', () => {
  expect([...cpuMap([0, 3, 9], 2)]).toEqual([0b1001, 0b10]);
  expect(cpusIn(Uint8Array.of(0b1001, 0b10))).toEqual([0, 3, 9]);
});

test('leaves out what does not fit', () => {
  expect([...cpuMap([1, 20], 1)]).toEqual([0b10]);
});

test('puts maps one after the other', () => {
  expect([...cpuMaps([[0], [8]], 2)]).toEqual([1, 0, 0, 1]);
});

test('is as long as the last processor needs', () => {
  expect([mapLength([0]), mapLength([0, 7]), mapLength([0, 8])]).toEqual([1, 1, 2]);
});
