/** The logs that guests and we write: one file a guest, kept from growing without end. */
export interface GuestLogs {
  path(name: string): string;
  /** A descriptor that appends to the guest's log, rotated before if it was full. The caller closes it. */
  open(name: string): Promise<number>;
  /** Appends our own words. @returns the log's length in bytes before them */
  write(name: string, text: string): Promise<number>;
  /** The log and what was rotated away. */
  remove(name: string): Promise<void>;
  /** What was written from byte `offset` on, the last few thousand characters of it. */
  readFrom(name: string, offset: number): Promise<string>;
}
