import { Script } from 'node:vm';

const RUN = '__runWithin';
const script = new Script(`globalThis.${RUN}()`);

/**
 * Runs `body`, which waits for nothing, and breaks it off when it takes longer: an endless loop fails one test and does not
 * hang them all.
 *
 * @throws what `body` throws, or an Error with the code ERR_SCRIPT_EXECUTION_TIMEOUT
 */
export function within<T>(timeoutMs: number, body: () => T): T {
  const outcome: { value?: T } = {};
  const run = () => {
    outcome.value = body();
  };
  Object.defineProperty(globalThis, RUN, { value: run, configurable: true });
  try {
    script.runInThisContext({ timeout: timeoutMs });
  } finally {
    Reflect.deleteProperty(globalThis, RUN);
  }
  return outcome.value as T;
}
