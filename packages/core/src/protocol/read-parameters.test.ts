import { describe, expect, test } from 'vitest';
import { VirError } from '../errors/vir-error.js';
import { readParameters } from './read-parameters.js';
import {
  booleanParameter,
  intParameter,
  stringParameter,
  type TypedParameter,
  ullongParameter,
} from './typed-parameter.js';

const types = { hard_limit: 'ullong', shared: 'boolean', disk: 'string[]' } as const;
const read = (parameters: readonly TypedParameter[]) => readParameters(parameters, types, 'QEMU');

describe('parameters that a client sent', () => {
  test('come by name', () => {
    const sent = [
      ullongParameter('hard_limit', 5n),
      booleanParameter('shared', true),
      stringParameter('disk', 'vda'),
      stringParameter('disk', 'vdb'),
    ];
    expect(read(sent)).toEqual({ hard_limit: 5n, shared: true, disk: ['vda', 'vdb'] });
    expect(read([])).toEqual({});
  });

  test.each([
    ['an unknown name', [intParameter('swap', 1)], "argument unsupported: parameter 'swap' not supported"],
    ['a name of every object', [intParameter('toString', 1)], /parameter 'toString' not supported/],
    [
      'another type',
      [intParameter('hard_limit', 1)],
      /invalid type 'int' for parameter 'hard_limit', expected 'ullong'/,
    ],
    [
      'a name that occurs twice',
      [ullongParameter('hard_limit', 1n), ullongParameter('hard_limit', 1n)],
      /parameter 'hard_limit' occurs multiple times/,
    ],
  ])('are refused with %s', (_, sent, message) => {
    expect(() => read(sent)).toThrow(message);
    expect(() => read(sent)).toThrow(VirError);
  });
});
