import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BASELINE_PATH, type Baseline, type CaseResult, judgeByBaseline } from '../conformance/baseline.js';
import { casesOf, corpusBeside } from '../conformance/corpus-cases.js';
import { command, type Part, repository } from './part.js';

export const conformance: Part = {
  name: 'conformance',
  what: "libvirt's own cases, where they are at hand",
  async run() {
    const corpus = corpusBeside(repository);
    const baseline = JSON.parse(await readFile(join(repository, BASELINE_PATH), 'utf8')) as Baseline;
    if (corpus === undefined) {
      const count = Object.values(baseline).flat().length;
      const skip = { what: 'conformance', why: 'there is no ../shared/corpus beside this checkout', count };
      return { passed: 0, failed: 0, skips: [skip], output: '' };
    }
    const program = join(repository, 'dist/tools/conformance.cjs');
    const args = ['--enable-source-maps', program, '--corpus', corpus, '--json'];
    const { stdout, output } = await command(process.execPath, args);
    if (!stdout.startsWith('{')) return { passed: 0, failed: 1, skips: [], output };
    const { cases } = JSON.parse(stdout) as { readonly cases: readonly CaseResult[] };
    const all = casesOf(corpus).length;
    if (cases.length !== all) {
      const told = `${cases.length} of ${all} cases were looked at`;
      return { passed: 0, failed: 1, skips: [], output: told };
    }
    return judgeByBaseline(cases, baseline);
  },
};
