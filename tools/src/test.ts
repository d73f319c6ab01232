import { parseArgs } from 'node:util';
import { conformance } from './checks/conformance.js';
import { generated } from './checks/generated.js';
import { layers } from './checks/layers.js';
import type { Part, PartResult } from './checks/part.js';
import { formatAndLint, purity, types } from './checks/static-parts.js';
import { vitestPart } from './checks/vitest-part.js';

const parts: readonly Part[] = [
  formatAndLint,
  types,
  purity,
  layers,
  generated,
  vitestPart('unit', 'logic, beside the code', 'vitest.config.ts'),
  conformance,
  vitestPart('integration', 'real QEMU, kernels and clients', 'test/vitest.config.ts'),
];

interface Finished extends PartResult {
  readonly name: string;
  readonly seconds: number;
}

function skippedIn(result: PartResult): number {
  return result.skips.reduce((sum, skip) => sum + skip.count, 0);
}

function line(result: Finished): string {
  const { name, passed, failed, seconds } = result;
  const counts = `${passed} passed, ${failed} failed, ${skippedIn(result)} skipped`;
  return `${failed === 0 ? '✓' : '✗'} ${name}: ${counts} (${seconds.toFixed(1)} s)`;
}

async function tryPart(part: Part): Promise<PartResult> {
  try {
    const result = await part.run();
    if (result.passed + result.failed + skippedIn(result) > 0) return result;
    return { ...result, failed: 1, output: `${result.output}\n${part.name} looked at nothing` };
  } catch (error) {
    const output = String(error instanceof Error ? error.stack : error);
    return { passed: 0, failed: 1, skips: [], output };
  }
}

async function runPart(part: Part): Promise<Finished> {
  const startedMs = Date.now();
  console.log(`· ${part.name}: ${part.what} …`);
  const result = await tryPart(part);
  const finished = { ...result, name: part.name, seconds: (Date.now() - startedMs) / 1000 };
  if (result.failed > 0) console.log(result.output);
  console.log(line(finished));
  for (const note of result.notes ?? []) console.log(`  ${note}`);
  return finished;
}

function printTable(results: readonly Finished[]): void {
  console.log(
    `\n${'part'.padEnd(18)}${['passed', 'failed', 'skipped', 'seconds'].map((it) => it.padStart(9)).join('')}`,
  );
  for (const result of results) {
    const cells = [result.passed, result.failed, skippedIn(result), result.seconds.toFixed(1)];
    console.log(`${result.name.padEnd(18)}${cells.map((it) => String(it).padStart(9)).join('')}`);
  }
}

function printSkips(results: readonly Finished[]): void {
  const skips = results.flatMap((result) => result.skips);
  if (skips.length > 0) console.log('\nSkipped:');
  for (const skip of skips) console.log(`  ${skip.what} (${skip.count}): ${skip.why}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help) {
    console.log(`Runs every check and test, or with --only NAME[,NAME] some:\n`);
    for (const part of parts) console.log(`  ${part.name.padEnd(18)} ${part.what}`);
    return;
  }
  const wanted = values.only?.split(',');
  const chosen = parts.filter((part) => wanted?.includes(part.name) ?? true);
  if (chosen.length === 0) throw new Error(`no part is called ${values.only}; --help lists them`);
  const results: Finished[] = [];
  for (const part of chosen) results.push(await runPart(part));

  printSkips(results);
  printTable(results);
  const sum = (pick: (result: Finished) => number): number =>
    results.reduce((total, one) => total + pick(one), 0);
  const failed = sum((result) => result.failed);
  console.log(`\n${sum((result) => result.passed)} passed, ${failed} failed, ${sum(skippedIn)} skipped`);
  process.exitCode = failed === 0 ? 0 : 1;
}

void main();
