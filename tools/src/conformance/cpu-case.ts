import type { CpuDefinition, CpuMap } from '@modvirt/core/cpu';
import type { Corpus, CorpusCase } from './case.js';

/** What one case needs. */
export interface CpuCase {
  readonly it: CorpusCase;
  readonly corpus: Corpus;
  readonly map: CpuMap;
  /** The text of the input of that name. */
  input(name: string): string;
  cpu(name: string): CpuDefinition;
}
