import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, type Part, type PartResult, tool } from './part.js';

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** A part that vitest runs. A run without a test fails. */
export function vitestPart(name: string, what: string, config: string): Part {
  return {
    name,
    what,
    async run() {
      const folder = await mkdtemp(join(tmpdir(), 'modvirt-report-'));
      try {
        const file = join(folder, 'report.json');
        const args = [
          'run',
          '--config',
          config,
          '--reporter=default',
          '--reporter=json',
          `--outputFile.json=${file}`,
        ];
        const { status, output } = await command(tool('vitest'), args);
        if (!existsSync(file)) return { passed: 0, failed: 1, skips: [], output };
        return summarise(JSON.parse(await readFile(file, 'utf8')) as VitestReport, status, output);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

function summarise(report: VitestReport, status: number, output: string): PartResult {
  const skipped = report.testResults.flatMap((file) =>
    file.assertionResults.filter((test) => test.status !== 'passed' && test.status !== 'failed'),
  );
  const skips = skipped.map((test) => ({ what: test.fullName, why: reasonIn(test.fullName), count: 1 }));
  const passed = report.numPassedTests;
  const failed = Math.max(
    report.numFailedTests,
    report.numFailedTests === 0 && (status !== 0 || passed === 0) ? 1 : 0,
  );
  return { passed, failed, skips, output };
}

// A test that skips names what is missing in its title: `… (needs X)`.
function reasonIn(name: string): string {
  return /[[(](needs [^\])]+)[\])]/.exec(name)?.[1] ?? 'no reason given';
}
