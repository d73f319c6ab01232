import { VirError } from '@modvirt/core/errors';
import type { Processes, ToolResult } from '@modvirt/core/ports';
import type { Command } from '../plan/volume-commands.js';

/** The tools of an administrator. */
export interface Tools extends Pick<Processes, 'runTool'> {
  /** Where a program is; undefined when this host has none of that name. */
  locate(program: string): Promise<string | undefined>;
}

export interface CommandLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly stdin?: Uint8Array | string;
  /** Further descriptors: number in the child → descriptor here. */
  readonly descriptors?: { readonly [target: number]: number };
  /** Makes of what the tool said what a client may read. */
  readonly shown?: (text: string) => string;
}

/** Runs a tool to its end, however that is. @throws VirError when there is no such tool */
export async function tryCommand(tools: Tools, command: Command, limits: CommandLimits): Promise<ToolResult> {
  const { shown: _, ...options } = limits;
  return tools.runTool(await located(tools, command), options);
}

/**
 * Runs a tool to its end.
 *
 * @returns what it printed
 * @throws VirError INTERNAL_ERROR with what it said, when it fails; SYSTEM_ERROR when there is none
 */
export async function runCommand(tools: Tools, command: Command, limits: CommandLimits): Promise<string> {
  const { status, stdout, stderr } = await tryCommand(tools, command, limits);
  const text = new TextDecoder();
  if (status.type === 'exited' && status.code === 0) return text.decode(stdout);
  const ended = status.type === 'exited' ? `exit status ${status.code}` : `end (${status.type})`;
  const words = await located(tools, command);
  const said = `Child process (${words.map(quotedWord).join(' ')}) unexpected ${ended}: ${text.decode(stderr)}`;
  const shown = limits.shown?.(said) ?? said;
  throw VirError.of('INTERNAL_ERROR', shown, { domain: 'STORAGE' });
}

/** As a shell would have to be given it. */
function quotedWord(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

const NO_SUCH_FILE = 2;

async function located(tools: Tools, [program, ...rest]: Command): Promise<Command> {
  const found = program.startsWith('/') ? program : await tools.locate(program);
  if (found !== undefined) return [found, ...rest];
  const text = `Cannot find '${program}' in path`;
  throw VirError.system(NO_SUCH_FILE, 'No such file or directory', text, 'STORAGE');
}
