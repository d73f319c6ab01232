/** File descriptors as numbers, for code that owns some. */
export interface Descriptors {
  /** Does nothing for one that is not open. */
  close(descriptor: number): void;
  /** A second descriptor of the same open file, closed on exec. */
  duplicate(descriptor: number): number;
  /** Memory that can be passed as a file; positioned at its beginning. `name` shows in /proc only. */
  memoryFile(name: string, content: Uint8Array): number;
}
