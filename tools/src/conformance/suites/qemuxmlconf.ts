import { VirError } from '@modvirt/core/errors';
import { type Domain, formatDomain } from '@modvirt/core/schema';
import { assignAliases, type PlanContext, planLaunch, prepareStart } from '@modvirt/virtqemud/plan';
import { type Corpus, type CorpusCase, failed, inputOf, passed, type Suite, type Verdict } from '../case.js';
import { compareWithFile } from '../compare.js';
import { formatArgs } from '../qemu/args-file.js';
import { caseContext } from '../qemu/case-context.js';
import { parseGuest } from '../qemu/parse-guest.js';

/** Domain XML to XML with QEMU's defaults, and to QEMU's command line. */
export const qemuxmlconf: Suite = {
  name: 'qemuxmlconf',
  run(it, corpus) {
    const cx = caseContext(it, corpus);
    if (it.inputMissingOnPurpose === true)
      return it.outcome === 'parse-error' ? passed : failed('there is no input');
    const parsed = attempt(() => parseGuest(corpus.read(inputOf(it)), cx, true));
    if (it.outcome === 'parse-error') return judgeRefusal(it, corpus, parsed);
    if ('refusal' in parsed) return failed(`unexpected error: ${parsed.refusal}`);
    const verdicts = [judgeXml(it, corpus, parsed.value, cx), judgeLaunch(it, corpus, parsed.value, cx)];
    const failures = verdicts.flatMap((verdict) => (verdict.status === 'failed' ? [verdict.detail] : []));
    return failures.length === 0 ? passed : failed(failures.join('\n'));
  },
};

type Attempt<T> = { readonly value: T } | { readonly refusal: string };

/** An error that no client may see is a bug and is not caught. */
function attempt<T>(run: () => T): Attempt<T> {
  try {
    return { value: run() };
  } catch (error) {
    if (error instanceof VirError) return { refusal: error.message };
    throw error;
  }
}

function judgeRefusal(it: CorpusCase, corpus: Corpus, result: Attempt<unknown>): Verdict {
  if ('value' in result) return failed('was accepted, but must be refused');
  const path = it.expect?.error;
  return path === undefined ? passed : compareWithFile(result.refusal, path, corpus);
}

function judgeXml(it: CorpusCase, corpus: Corpus, domain: Domain, cx: PlanContext): Verdict {
  const path = it.expect?.xml;
  if (path === undefined) return passed;
  const first = compareWithFile(formatDomain(domain, { secure: true }), path, corpus);
  if (first.status === 'failed') return first;
  const again = attempt(() => formatDomain(parseGuest(corpus.read(path), cx, true), { secure: true }));
  if ('refusal' in again) return failed(`unexpected error when its own output is read: ${again.refusal}`);
  return compareWithFile(again.value, path, corpus);
}

function judgeLaunch(it: CorpusCase, corpus: Corpus, domain: Domain, cx: PlanContext): Verdict {
  const result = attempt(() => planLaunch(assignAliases(prepareStart(domain, cx)), cx));
  if (it.outcome === 'failure') return judgeRefusal(it, corpus, result);
  const path = it.expect?.args;
  if (path === undefined) return passed;
  if ('refusal' in result) return failed(`no command line: ${result.refusal}`);
  const { env, emulator, argv } = result.value;
  return compareWithFile(formatArgs(Object.entries(env), emulator, argv), path, corpus);
}
