import { expect, test } from 'vitest';
import { paramsFromQmp, paramsFromXml, paramsToQmp, paramsToXml } from './migration-params.js';

test('what QEMU says is kept and set again, in one order', () => {
  const params = paramsFromQmp({ 'downtime-limit': 300, 'tls-creds': '', 'cpu-throttle-tailslow': true });
  expect(Object.entries(paramsToQmp(params))).toEqual([
    ['cpu-throttle-tailslow', true],
    ['tls-creds', ''],
    ['downtime-limit', 300n],
  ]);
  expect(paramsFromXml(paramsToXml(params))).toEqual(params);
});

test('what it has besides is not ours to set', () => {
  expect(paramsFromQmp({ 'announce-max': 550, 'downtime-limit': 'soon' }).size).toBe(0);
});

test('refuses what is no parameter and what is no value', () => {
  const read = (name: string, value: string) => () => paramsFromXml({ params: [{ name, value }] });
  expect(read('speed', '1')).toThrow("unknown migration parameter 'speed'");
  expect(read('block-incremental', 'perhaps')).toThrow(
    "invalid value 'perhaps' for migration parameter 'block-incremental'",
  );
});
