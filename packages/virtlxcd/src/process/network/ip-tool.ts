import { VirError } from '@modvirt/core/errors';
import type { LxcDriver } from '../../driver.js';

const TOOL_MS = 10_000;

/** Runs commands of ip(8), one after the other up to the first that fails. @throws VirError with what it said */
export async function runIp(
  { parts }: LxcDriver,
  commands: readonly string[],
  signal: AbortSignal,
  inside?: number,
): Promise<void> {
  if (commands.length === 0) return;
  const batch = ['ip', '-batch', '-'] as const;
  const command: readonly [string, ...string[]] =
    inside === undefined ? batch : ['nsenter', `--net=/proc/${inside}/ns/net`, ...batch];
  const result = await parts.processes.runTool(command, {
    stdin: `${commands.join('\n')}\n`,
    timeoutMs: TOOL_MS,
    signal,
  });
  if (result.status.type === 'exited' && result.status.code === 0) return;
  const said = new TextDecoder().decode(result.stderr).split('\n')[0] ?? '';
  throw VirError.of('INTERNAL_ERROR', `cannot set up the container's network: ${said}`);
}
