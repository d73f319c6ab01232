import type { CaseResult } from './baseline.js';
import type { CorpusCase, Verdict } from './case.js';

export interface Result {
  readonly case: CorpusCase;
  readonly verdict: Verdict;
}

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

function countsOf(results: readonly Result[]): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { verdict } of results) counts[verdict.status]++;
  return counts;
}

function bySuite(results: readonly Result[]): ReadonlyMap<string, readonly Result[]> {
  const suites = new Map<string, Result[]>();
  for (const result of results) {
    const list = suites.get(result.case.suite);
    if (list === undefined) suites.set(result.case.suite, [result]);
    else list.push(result);
  }
  return suites;
}

function row(name: string, cells: readonly (string | number)[]): string {
  return `${name.padEnd(28)}${cells.map((it) => String(it).padStart(9)).join('')}`;
}

/** Differences, the table, why suites were skipped, and last the sum. */
export function printReport(results: readonly Result[], print: (line: string) => void): void {
  for (const { case: it, verdict } of results) {
    if (verdict.status === 'failed') print(`--- ${it.suite} ${it.case}\n${verdict.detail}\n`);
  }
  print(row('suite', ['passed', 'failed', 'skipped']));
  for (const [name, list] of bySuite(results)) {
    const { passed, failed, skipped } = countsOf(list);
    print(row(name, [passed, failed, skipped]));
  }
  const reasons = new Set<string>();
  for (const { case: it, verdict } of results) {
    if (verdict.status === 'skipped') reasons.add(`skipped ${it.suite}: ${verdict.detail}`);
  }
  for (const reason of reasons) print(reason);
  print(closingLine(results));
}

export function closingLine(results: readonly Result[]): string {
  const { passed, failed, skipped } = countsOf(results);
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

export function caseResults(results: readonly Result[]): readonly CaseResult[] {
  return results.map(({ case: it, verdict }) => ({ suite: it.suite, case: it.case, ...verdict }));
}

export function reportAsJson(results: readonly Result[]): string {
  return JSON.stringify({ ...countsOf(results), cases: caseResults(results) }, undefined, 1);
}
