import { parseArgs } from 'node:util';
import { layers } from './checks/layers.js';
import type { Part, PartResult } from './checks/part.js';
import { formatAndLint, purity, types } from './checks/static-parts.js';
import { vitestPart } from './checks/vitest-part.js';

const parts: readonly Part[] = [
  formatAndLint,
  types,
  purity,
  layers,
  vitestPart('unit', 'logic, beside the code', 'vitest.config.ts'),
  vitestPart('integration', 'real QEMU, kernels and clients', 'test/vitest.config.ts'),
];

function line(name: string, result: PartResult, startedMs: number): string {
  const skipped = result.skips.reduce((sum, skip) => sum + skip.count, 0);
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  const mark = result.failed === 0 ? '✓' : '✗';
  return `${mark} ${name}: ${result.passed} passed, ${result.failed} failed, ${skipped} skipped (${seconds} s)`;
}

async function runPart(part: Part): Promise<PartResult> {
  const startedMs = Date.now();
  console.log(`· ${part.name}: ${part.what} …`);
  let result: PartResult;
  try {
    result = await part.run();
  } catch (error) {
    result = {
      passed: 0,
      failed: 1,
      skips: [],
      output: String(error instanceof Error ? error.stack : error),
    };
  }
  if (result.passed + result.failed === 0) {
    result = { ...result, failed: 1, output: `${result.output}\n${part.name} looked at nothing` };
  }
  if (result.failed > 0) console.log(result.output);
  console.log(line(part.name, result, startedMs));
  return result;
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
  const results: PartResult[] = [];
  for (const part of chosen) results.push(await runPart(part));

  const skips = results.flatMap((result) => result.skips);
  if (skips.length > 0) console.log('\nSkipped:');
  for (const skip of skips) console.log(`  ${skip.what} (${skip.count}): ${skip.why}`);
  const sum = (pick: (result: PartResult) => number): number =>
    results.reduce((total, one) => total + pick(one), 0);
  const failed = sum((result) => result.failed);
  const skipped = skips.reduce((total, skip) => total + skip.count, 0);
  console.log(`\n${sum((result) => result.passed)} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed === 0 ? 0 : 1;
}

void main();
