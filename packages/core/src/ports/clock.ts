/** Time as the pure code sees it. */
export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Milliseconds that never jump. */
  monotonicMs(): number;
  /** Calls `run` once after `delayMs`; the returned function takes that back. */
  after(delayMs: number, run: () => void): () => void;
}
