/** A file that is generated and committed. */
export interface GeneratedFile {
  /** From the top of the repository. */
  readonly path: string;
  readonly text: string;
}

export interface Generator {
  readonly name: string;
  readonly what: string;
  /** @param read what a file holds now, undefined when it is not there */
  files(read: (path: string) => string | undefined): Promise<readonly GeneratedFile[]>;
}
