import { expect, test } from 'vitest';
import { unflatten } from './unflatten.js';

test('names with dots are properties of properties', () => {
  expect(unflatten({ 'file.server.host': 'a', 'file.server.port': 1, driver: 'qcow2' })).toEqual({
    file: { server: { host: 'a', port: 1 } },
    driver: 'qcow2',
  });
});

test('numbers from 0 on, in whatever order, are a list; others are names', () => {
  expect(unflatten({ 's.1': 'b', 's.0': 'a', 't.1': 'b', 't.x': 'c' })).toEqual({
    s: ['a', 'b'],
    t: { 1: 'b', x: 'c' },
  });
});

test('values join objects that are there, but nothing is said twice and values hold nothing', () => {
  expect(unflatten({ 'a.b': { c: 1 }, 'a.b.d': 3 })).toEqual({ a: { b: { c: 1, d: 3 } } });
  expect(() => unflatten({ 'a.b': { c: 1 }, 'a.b.c': 2 })).toThrow(/the key 'c' twice/);
  expect(() => unflatten({ 'a.b': 1, 'a.b.c': 2 })).toThrow(/can't nest objects under value key/);
});

test('a prototype is only a name', () => {
  const result = unflatten(JSON.parse('{"__proto__.polluted": true}') as { readonly a: string });
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect(JSON.stringify(result)).toBe('{"__proto__":{"polluted":true}}');
});
