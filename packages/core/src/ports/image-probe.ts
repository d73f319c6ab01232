/** How much an image holds and takes, in bytes. */
export interface ImageSizes {
  /** What the guest sees. */
  readonly capacity: bigint;
  /** What the image takes of its storage. */
  readonly allocation: bigint;
  /** How far the file or device reaches. */
  readonly physical: bigint;
}

/** Looks at disk images that nobody has open, on storage that may hang. */
export interface ImageProbe {
  /**
   * @param format as the definition names it; it is never guessed
   * @throws Error with the system's `code`; DeadlineError when the storage does not answer
   */
  sizes(path: string, format: string, signal: AbortSignal): Promise<ImageSizes>;
  /**
   * The first bytes of an image, fewer where it is shorter.
   *
   * @throws Error with the system's `code`, ENOENT when it is not there; DeadlineError when the storage does not answer
   */
  head(path: string, bytes: number, signal: AbortSignal): Promise<Uint8Array>;
}
