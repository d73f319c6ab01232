import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { repository } from '../checks/part.js';
import { BASELINE_PATH, type Baseline, raised } from './baseline.js';
import type { Corpus, CorpusCase, Verdict } from './case.js';
import { casesOf, corpusAt, corpusBeside, isCorpus } from './corpus-cases.js';
import { caseResults, printReport, type Result, reportAsJson } from './report.js';
import { suites } from './suites/index.js';

const USAGE = `usage: conformance [--corpus DIR] [--suite NAME]… [--case NAME]… [--json] [--raise-baseline]

  --corpus DIR        where the cases are; otherwise ../shared/corpus
  --raise-baseline    adds what passes now to ${BASELINE_PATH}, from which npm test knows what may not fail again`;

const OPTIONS = {
  corpus: { type: 'string' },
  suite: { type: 'string', multiple: true, default: [] as string[] },
  case: { type: 'string', multiple: true, default: [] as string[] },
  json: { type: 'boolean', default: false },
  'raise-baseline': { type: 'boolean', default: false },
} as const;

async function runCase(it: CorpusCase, corpus: Corpus): Promise<Verdict> {
  const suite = suites.get(it.suite);
  if (suite === undefined) return { status: 'skipped', detail: 'nothing runs this suite yet' };
  try {
    return await suite.run(it, corpus);
  } catch (error) {
    return {
      status: 'failed',
      detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const folder = values.corpus ?? corpusBeside(repository);
  if (folder === undefined || !isCorpus(folder)) {
    console.error(`${folder ?? '../shared/corpus'} holds no MANIFEST.json\n\n${USAGE}`);
    return 2;
  }
  const wanted = (list: readonly string[], name: string) => list.length === 0 || list.includes(name);
  const cases = casesOf(folder).filter(
    (it) => wanted(values.suite, it.suite) && wanted(values.case, it.case),
  );
  const results: Result[] = [];
  for (const it of cases) results.push({ case: it, verdict: await runCase(it, corpusAt(folder)) });
  if (values.json) console.log(reportAsJson(results));
  else printReport(results, (line) => console.log(line));
  if (values['raise-baseline']) raiseBaseline(results);
  if (results.length === 0) {
    console.error('no case was selected');
    return 2;
  }
  return results.some((it) => it.verdict.status === 'failed') ? 1 : 0;
}

function raiseBaseline(results: readonly Result[]): void {
  const path = join(repository, BASELINE_PATH);
  const baseline = JSON.parse(readFileSync(path, 'utf8')) as Baseline;
  const now = raised(baseline, caseResults(results));
  writeFileSync(path, `${JSON.stringify(now, undefined, 2)}\n`);
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  },
);
