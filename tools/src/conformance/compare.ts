import { VirError } from '@modvirt/core/errors';
import { type Corpus, type CorpusCase, failed, passed, type Verdict } from './case.js';
import { lineDiff } from './line-diff.js';

/** Whether `actual` is what stands in the file `path`; a missing newline at its end is added first. */
export function compareWithFile(actual: string, path: string, corpus: Corpus): Verdict {
  const expected = corpus.read(path);
  const text = actual.endsWith('\n') ? actual : `${actual}\n`;
  return text === expected ? passed : failed(lineDiff(expected, text));
}

/**
 * Runs `produce` and judges it by the case's outcome: its text against `expect.xml`, or its error against
 * `expect.error`. An error that no client may see is a failure, whatever was expected.
 */
export function judgeText(it: CorpusCase, corpus: Corpus, produce: () => string): Verdict {
  const attempt = attemptText(produce);
  if ('bug' in attempt) return failed(attempt.bug);
  const mustFail = it.outcome === 'parse-error';
  if ('error' in attempt) {
    if (!mustFail) return failed(`unexpected error: ${attempt.error}`);
    const path = it.expect?.error;
    return path === undefined ? passed : compareWithFile(attempt.error, path, corpus);
  }
  if (mustFail) return failed('was accepted, but must be refused');
  const path = it.expect?.xml;
  return path === undefined ? passed : compareWithFile(attempt.text, path, corpus);
}

type Attempt = { readonly text: string } | { readonly error: string } | { readonly bug: string };

function attemptText(produce: () => string): Attempt {
  try {
    return { text: produce() };
  } catch (error) {
    if (error instanceof VirError) return { error: error.message };
    return { bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
