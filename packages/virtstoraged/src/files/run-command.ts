import { VirError } from '@modvirt/core/errors';
import type { Processes } from '@modvirt/core/ports';
import type { Command } from '../plan/volume-commands.js';

export interface CommandLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Runs a tool to its end. @throws VirError INTERNAL_ERROR with what it said, when it fails */
export async function runCommand(
  processes: Processes,
  command: Command,
  limits: CommandLimits,
): Promise<void> {
  const { status, stderr } = await processes.runTool(command, limits);
  if (status.type === 'exited' && status.code === 0) return;
  const ended = status.type === 'exited' ? `exit status ${status.code}` : `end (${status.type})`;
  throw VirError.of(
    'INTERNAL_ERROR',
    `Child process (${command.join(' ')}) unexpected ${ended}: ${new TextDecoder().decode(stderr)}`,
    { domain: 'STORAGE' },
  );
}
