import { array, assert, bigInt, oneof, property, string, stringMatching, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import { type ConfValue, parseConf } from './conf-syntax.js';

const scalars = oneof(bigInt({ min: -(2n ** 62n), max: 2n ** 62n }), stringMatching(/^[^"\n\r]{0,20}$/));
const entries = array(
  tuple(stringMatching(/^[a-z_][a-z0-9_]{0,10}$/), oneof(scalars, array(scalars, { maxLength: 4 }))),
  {
    maxLength: 6,
  },
);

function format(value: ConfValue): string {
  if (typeof value === 'object') return `[ ${value.map(format).join(',\n  ')} ] # end`;
  return typeof value === 'string' ? `"${value}"` : String(value);
}

test('what is written is read again, with its line', () => {
  assert(
    property(entries, (given) => {
      const text = given.map(([name, value]) => `# about ${name}\n${name} = ${format(value)}\n`).join('\n');
      const read = parseConf(text, 'f');
      expect(read.map(({ name, value }) => [name, value])).toEqual(given);
      const lines = text.split('\n');
      for (const { name, line } of read) expect(lines[line - 1]).toMatch(new RegExp(`^${name} = `));
    }),
    { numRuns: 150 },
  );
});

test('any text is read or refused with file and line', () => {
  assert(
    property(oneof(string(), stringMatching(/^([a-c]=|\[|\]|,|"|'|1|#|\n| ){0,30}$/)), (text) => {
      try {
        parseConf(text, 'f');
      } catch (error) {
        expect(error).toMatchObject({
          message: expect.stringMatching(/^configuration file syntax error: f:\d+: /),
        });
      }
    }),
    { numRuns: 500 },
  );
});
