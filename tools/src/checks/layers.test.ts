import { expect, test } from 'vitest';
import { judge } from './layers.js';

const rules = { forbidden: [{ name: 'no-cycles' }, { name: 'plan-is-pure' }] };

function cruise(
  sources: readonly string[],
  violations: Parameters<typeof judge>[0]['summary']['violations'],
) {
  return {
    modules: sources.map((source) => ({ source })),
    summary: { violations, ruleSetUsed: rules },
  };
}

test('counts every rule, and that all files were seen', () => {
  expect(judge(cruise(['a.ts', 'b.ts'], []), ['a.ts', 'b.ts'])).toMatchObject({ passed: 3, failed: 0 });
});

test('fails when the cruise saw fewer modules than there are', () => {
  expect(judge(cruise(['a.ts'], []), ['a.ts', 'b.ts'])).toMatchObject({
    passed: 2,
    failed: 1,
    output: 'not looked at: b.ts',
  });
});

test('fails when there was nothing to see', () => {
  expect(judge(cruise([], []), [])).toMatchObject({ failed: 1 });
});

test('names the modules of a cycle', () => {
  const cycle = [{ name: 'b.ts' }, { name: 'a.ts' }];
  const violation = { rule: { name: 'no-cycles' }, from: 'a.ts', to: 'b.ts', cycle };
  expect(judge(cruise(['a.ts', 'b.ts'], [violation]), ['a.ts', 'b.ts'])).toMatchObject({
    passed: 2,
    failed: 1,
    output: 'no-cycles: a.ts → b.ts → a.ts',
  });
});
