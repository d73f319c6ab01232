import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Corpus, CorpusCase } from './case.js';

/** Folders of recordings: one case a file, none in the manifest. */
const RECORDINGS = ['wire-transcripts', 'qmp-transcripts'];

/** Where the corpus is when nobody says: `shared/corpus` beside the checkout, or beside a folder that holds it. */
export function corpusBeside(checkout: string): string | undefined {
  for (let folder = checkout; folder !== dirname(folder); folder = dirname(folder)) {
    const corpus = join(dirname(folder), 'shared/corpus');
    if (isCorpus(corpus)) return corpus;
  }
  return undefined;
}

export function isCorpus(folder: string): boolean {
  return existsSync(join(folder, 'MANIFEST.json'));
}

export function corpusAt(folder: string): Corpus {
  return {
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    readBytes: (path) => readFileSync(join(folder, path)),
    has: (path) => existsSync(join(folder, path)),
    list: (path) => (existsSync(join(folder, path)) ? readdirSync(join(folder, path)).sort() : []),
  };
}

/** All cases: those of the manifest, and the recordings that lie beside it. */
export function casesOf(folder: string): readonly CorpusCase[] {
  const manifest = JSON.parse(readFileSync(join(folder, 'MANIFEST.json'), 'utf8')) as {
    readonly suites: Readonly<Record<string, readonly CorpusCase[]>>;
  };
  return [
    ...Object.values(manifest.suites).flat(),
    ...RECORDINGS.flatMap((name) => recordings(folder, name)),
  ];
}

function recordings(folder: string, suite: string): readonly CorpusCase[] {
  if (!existsSync(join(folder, suite))) return [];
  return readdirSync(join(folder, suite))
    .filter((file) => file.endsWith('.jsonl'))
    .sort()
    .map((file) => ({
      suite,
      case: file.slice(0, -'.jsonl'.length),
      outcome: 'success',
      input: `${suite}/${file}`,
    }));
}
