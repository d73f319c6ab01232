import { VirError } from '@modvirt/core/errors';
import type { Processes } from '@modvirt/core/ports';

const TOOL_MS = 20_000;
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export interface ToolRun {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** What a tool of the host says. @throws VirError INTERNAL_ERROR with its own words when it fails */
export async function runTool(
  processes: Processes,
  command: readonly [string, ...string[]],
  { stdin = '', env = {}, signal }: ToolRun = {},
): Promise<string> {
  const { status, stdout, stderr } = await processes.runTool(command, {
    stdin,
    env: { PATH, LC_ALL: 'C', ...env },
    timeoutMs: TOOL_MS,
    ...(signal === undefined ? {} : { signal }),
  });
  if (status.type === 'exited' && status.code === 0) return new TextDecoder().decode(stdout);
  const how = status.type === 'exited' ? `exit status ${status.code}` : `fatal signal`;
  const said = new TextDecoder().decode(stderr);
  throw VirError.of('INTERNAL_ERROR', `Child process (${command.join(' ')}) unexpected ${how}: ${said}`, {
    domain: 'NETWORK',
  });
}
