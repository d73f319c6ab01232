import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Corpus, CorpusCase, Verdict } from './case.js';
import { printReport, type Result, reportAsJson } from './report.js';
import { suites } from './suites/index.js';

const USAGE = 'usage: conformance --corpus DIR [--suite NAME]… [--case NAME]… [--json]';

interface Options {
  readonly corpus: string;
  readonly suites: readonly string[];
  readonly cases: readonly string[];
  readonly json: boolean;
}

function parseOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      corpus: { type: 'string' },
      suite: { type: 'string', multiple: true, default: [] },
      case: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
    },
  });
  if (values.corpus === undefined) return undefined;
  return { corpus: values.corpus, suites: values.suite, cases: values.case, json: values.json };
}

function readCases(options: Options): readonly CorpusCase[] {
  const path = join(options.corpus, 'MANIFEST.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly suites: Readonly<Record<string, readonly CorpusCase[]>>;
  };
  const wanted = (list: readonly string[], name: string) => list.length === 0 || list.includes(name);
  return Object.values(manifest.suites)
    .flat()
    .filter((it) => wanted(options.suites, it.suite) && wanted(options.cases, it.case));
}

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
  const options = parseOptions(args);
  if (options === undefined) {
    console.error(USAGE);
    return 2;
  }
  if (!existsSync(join(options.corpus, 'MANIFEST.json'))) {
    console.error(`${options.corpus} holds no MANIFEST.json`);
    return 2;
  }
  const corpus: Corpus = {
    read: (path) => readFileSync(join(options.corpus, path), 'utf8'),
    has: (path) => existsSync(join(options.corpus, path)),
  };
  const results: Result[] = [];
  for (const it of readCases(options)) results.push({ case: it, verdict: await runCase(it, corpus) });
  if (options.json) console.log(reportAsJson(results));
  else printReport(results, (line) => console.log(line));
  if (results.length === 0) {
    console.error('no case was selected');
    return 2;
  }
  return results.some((it) => it.verdict.status === 'failed') ? 1 : 0;
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
