/** Says what is being done, and afterwards how long it took. */
export async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  const startedMs = performance.now();
  process.stderr.write(`· ${what} …\n`);
  const result = await work();
  process.stderr.write(`✓ ${what} (${((performance.now() - startedMs) / 1000).toFixed(1)} s)\n`);
  return result;
}
