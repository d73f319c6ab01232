/** One entry of the manifest. What else it holds depends on the suite. */
export interface CorpusCase {
  readonly suite: string;
  readonly case: string;
  readonly outcome: 'success' | 'parse-error' | 'failure';
  readonly input: unknown;
  readonly expect?: Readonly<Record<string, string>>;
  readonly [parameter: string]: unknown;
}

/** Reads files of the corpus by the paths that the manifest gives. */
export interface Corpus {
  read(path: string): string;
  readBytes(path: string): Uint8Array;
  has(path: string): boolean;
  /** Names in a directory, sorted; none when there is no such directory. */
  list(path: string): readonly string[];
}

/** How a case went. */
export type Verdict =
  | { readonly status: 'passed' }
  | { readonly status: 'failed'; readonly detail: string }
  | { readonly status: 'skipped'; readonly detail: string };

/** Runs the cases of one suite. Expected files are read by comparisons only. */
export interface Suite {
  readonly name: string;
  run(it: CorpusCase, corpus: Corpus): Verdict | Promise<Verdict>;
}

export const passed: Verdict = { status: 'passed' };

export function failed(detail: string): Verdict {
  return { status: 'failed', detail };
}

/** The manifest's `input` where a suite has one file. */
export function inputOf(it: CorpusCase): string {
  if (typeof it.input === 'string') return it.input;
  throw new Error(`${it.suite}/${it.case}: input is not a path`);
}
