import { logTimestamp } from '@modvirt/core/hypervisor';
import type { LaunchPlan } from '../plan/launch-plan.js';

/** Programs and host, as they are named at the head of a start's log entry. */
export interface LaunchLogContext {
  readonly version: string;
  readonly emulatorVersion: string;
  readonly kernel: string;
  readonly hostname: string;
}

const NEEDS_QUOTES = /[\r\t\n !"#$&'()*;<>?[\\\]^`{|}~]/;

/** A word of a command line as a shell would take it. */
export function shellQuote(word: string): string {
  if (word === '') return "''";
  return NEEDS_QUOTES.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : word;
}

/** What is written into the guest's log before it begins: who starts what, with every argument. */
export function launchLogEntry(plan: LaunchPlan, context: LaunchLogContext, nowMs: number): string {
  const { version, emulatorVersion, kernel, hostname } = context;
  const head = `${logTimestamp(nowMs)}: starting up modvirt version: ${version}, qemu version: ${emulatorVersion}, kernel: ${kernel}, hostname: ${hostname}`;
  const environment = Object.entries(plan.env).map(([name, value]) => `${name}=${shellQuote(value)}`);
  return `${head}\n${[...environment, plan.emulator, ...joinOptions(plan.argv)].join(' \\\n')}\n`;
}

// An option and its value stand on one line.
function joinOptions(argv: readonly string[]): string[] {
  const lines: string[] = [];
  for (const word of argv) {
    const last = lines.at(-1);
    if (!word.startsWith('-') && last?.startsWith('-') && !last.includes(' '))
      lines[lines.length - 1] = `${last} ${shellQuote(word)}`;
    else lines.push(shellQuote(word));
  }
  return lines;
}
