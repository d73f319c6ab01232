import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What one part of the test run found. */
export interface PartResult {
  readonly passed: number;
  readonly failed: number;
  readonly skips: readonly { readonly what: string; readonly why: string; readonly count: number }[];
  /** Worth a line whether or not something failed. */
  readonly notes?: readonly string[];
  /** Shown when something failed. */
  readonly output: string;
}

export interface Part {
  readonly name: string;
  readonly what: string;
  run(): Promise<PartResult>;
}

/** The checkout that this tool was built from. */
export const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

export interface CommandOutput {
  readonly status: number;
  readonly output: string;
  readonly stdout: string;
}

/** Runs a program of the checkout's node_modules, or any other, to its end. */
export function command(
  file: string,
  args: readonly string[],
  options: { timeoutMs?: number } = {},
): Promise<CommandOutput> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: repository,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', NX_DAEMON: 'false' },
      timeout: options.timeoutMs ?? 1_800_000,
    });
    let stdout = '';
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ status: code ?? 1, output, stdout }));
  });
}

/** The path of a program that the checkout installs. */
export function tool(name: string): string {
  return `${repository}/node_modules/.bin/${name}`;
}

/** A part that is one check: it passes or it does not. */
export function oneCheck(result: { readonly ok: boolean; readonly output: string }): PartResult {
  return { passed: result.ok ? 1 : 0, failed: result.ok ? 0 : 1, skips: [], output: result.output };
}
