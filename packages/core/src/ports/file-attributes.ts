/** Extended attributes of files, as text. */
export interface FileAttributes {
  /** Of what `path` leads to; undefined when it has none of that name. */
  read(path: string, name: string): Promise<string | undefined>;
  /** Undefined removes it. @throws Error with `code`: ENOTSUP where the file system has none, EPERM where we may not */
  write(path: string, name: string, text: string | undefined): Promise<void>;
}
