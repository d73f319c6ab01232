import type { CorpusCase } from './case.js';

/** A case whose text is a command line: `expect.argv` is compared, and where it must fail, reading may be what fails. */
export function judgedByCommand(it: CorpusCase): CorpusCase {
  const argv = it.expect?.argv;
  const outcome = it.outcome === 'failure' ? 'parse-error' : it.outcome;
  return { ...it, outcome, expect: argv === undefined ? {} : { xml: argv } };
}
