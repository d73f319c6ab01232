import type { PartResult } from '../checks/part.js';

/** The cases of each suite that pass, and must go on passing. */
export type Baseline = Readonly<Record<string, readonly string[]>>;

/** From the top of the repository. */
export const BASELINE_PATH = 'tools/conformance-baseline.json';

export interface CaseResult {
  readonly suite: string;
  readonly case: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly detail?: string;
}

/**
 * A case that passed once may not fail again. One that never did is counted as skipped: not yet. Cases that the baseline does not
 * know, because they are new or the corpus is another, never fail the run.
 */
export function judgeByBaseline(results: readonly CaseResult[], baseline: Baseline): PartResult {
  const known = new Set(
    Object.entries(baseline).flatMap(([suite, names]) => names.map((it) => key(suite, it))),
  );
  const passed = results.filter((it) => it.status === 'passed');
  const others = results.filter((it) => it.status !== 'passed');
  const lost = others.filter((it) => known.has(key(it.suite, it.case)));
  const notYet = others.filter((it) => it.status === 'failed' && !lost.includes(it));
  const notRun = others.filter((it) => it.status === 'skipped' && !lost.includes(it));
  const gained = passed.filter((it) => !known.has(key(it.suite, it.case)));
  return {
    passed: passed.length,
    failed: lost.length,
    skips: [
      ...countBySuite(notYet, () => 'not yet'),
      ...countBySuite(notRun, (it) => it.detail ?? 'skipped'),
      ...absent(results, known),
    ],
    notes: gained.length === 0 ? [] : [`${gained.length} cases pass that ${BASELINE_PATH} does not hold yet`],
    output: lost.map((it) => `passed before: ${it.suite} ${it.case}\n${it.detail ?? ''}\n`).join('\n'),
  };
}

/** The baseline with what passes now. Nothing is taken out: that is done by hand, with a reason. */
export function raised(baseline: Baseline, results: readonly CaseResult[]): Baseline {
  const suites = new Map(Object.entries(baseline).map(([suite, names]) => [suite, new Set(names)]));
  for (const it of results.filter(({ status }) => status === 'passed')) {
    const names = suites.get(it.suite) ?? new Set();
    suites.set(it.suite, names.add(it.case));
  }
  const sorted = [...suites].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([suite, names]) => [suite, [...names].toSorted()]));
}

function key(suite: string, name: string): string {
  return `${suite} ${name}`;
}

function countBySuite(
  results: readonly CaseResult[],
  why: (first: CaseResult) => string,
): PartResult['skips'] {
  const names = [...new Set(results.map(({ suite }) => suite))];
  return names.map((name) => {
    const list = results.filter(({ suite }) => suite === name);
    return { what: `conformance ${name}`, why: list.slice(0, 1).map(why).join(), count: list.length };
  });
}

function absent(results: readonly CaseResult[], known: ReadonlySet<string>): PartResult['skips'] {
  const present = new Set(results.map((it) => key(it.suite, it.case)));
  const count = [...known].filter((it) => !present.has(it)).length;
  return count === 0 ? [] : [{ what: 'conformance', why: 'this corpus has no such cases', count }];
}
