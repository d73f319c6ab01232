import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { checkTranscripts } from './wire-transcripts.js';

function corpusFolder(): string | undefined {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const corpus = join(folder, 'shared/corpus');
    if (existsSync(join(corpus, 'wire-transcripts'))) return corpus;
  }
  return undefined;
}

const corpus = corpusFolder();

test.skipIf(corpus === undefined)('recorded conversations decode and encode byte for byte', () => {
  const results = checkTranscripts(corpus ?? '');
  expect(results.length).toBeGreaterThan(0);
  expect(results.flatMap((one) => one.differences)).toEqual([]);
  expect(results.reduce((sum, one) => sum + one.messages, 0)).toBeGreaterThan(results.length * 10);
});
