import type { Logger } from '../ports/logger.js';

/** Collects how to take back what was done so far. */
export interface Undo {
  /** Steps take no signal: once begun they run to the end. */
  add(what: string, step: () => void | Promise<void>): void;
}

/**
 * Runs `body`; when it fails, takes its steps back, last first, and throws its error. A step that fails is logged and the others
 * still run.
 */
export async function withUndo<T>(log: Logger, body: (undo: Undo) => Promise<T>): Promise<T> {
  const steps: { readonly what: string; readonly step: () => void | Promise<void> }[] = [];
  try {
    return await body({ add: (what, step) => steps.push({ what, step }) });
  } catch (error) {
    for (const { what, step } of steps.reverse()) {
      try {
        await step();
      } catch (failure) {
        log.error('undo failed', { what, error: failure });
      }
    }
    throw error;
  }
}
