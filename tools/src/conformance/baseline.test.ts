import { expect, test } from 'vitest';
import { type CaseResult, judgeByBaseline, raised } from './baseline.js';

const result = (name: string, status: CaseResult['status'], detail?: string): CaseResult => ({
  suite: 'argv',
  case: name,
  status,
  ...(detail === undefined ? {} : { detail }),
});

test('a case that passed once fails the run when it fails', () => {
  const judged = judgeByBaseline([result('disk', 'failed', '-a\n+b'), result('net', 'passed')], {
    argv: ['disk', 'net'],
  });
  expect(judged).toMatchObject({ passed: 1, failed: 1, skips: [] });
  expect(judged.output).toContain('argv disk\n-a\n+b');
});

test('a suite that nobody runs any more fails the run', () => {
  const judged = judgeByBaseline([result('disk', 'skipped', 'nothing runs this suite yet')], {
    argv: ['disk'],
  });
  expect(judged).toMatchObject({ passed: 0, failed: 1 });
});

test('a case that never passed is skipped, and counted by suite', () => {
  const judged = judgeByBaseline(
    [result('a', 'failed', 'x'), result('b', 'failed', 'y'), result('c', 'passed')],
    {
      argv: ['c'],
    },
  );
  expect(judged).toMatchObject({
    passed: 1,
    failed: 0,
    skips: [{ what: 'conformance argv', why: 'not yet', count: 2 }],
  });
});

test('tells of cases that pass and are not kept yet', () => {
  expect(judgeByBaseline([result('a', 'passed')], {}).notes).toEqual([
    '1 cases pass that tools/conformance-baseline.json does not hold yet',
  ]);
});

test('tells of cases that the corpus does not have', () => {
  expect(judgeByBaseline([], { argv: ['gone'] }).skips).toEqual([
    { what: 'conformance', why: 'this corpus has no such cases', count: 1 },
  ]);
});

test('a baseline is raised and never lowered', () => {
  expect(raised({ argv: ['b'] }, [result('b', 'failed'), result('a', 'passed')])).toEqual({
    argv: ['a', 'b'],
  });
});
