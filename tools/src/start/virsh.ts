import type { Processes } from '@modvirt/core/ports';

const CALL_MS = 60_000;

export interface VirshResult {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Debian's virsh on one connection. */
export interface Virsh {
  readonly uri: string;
  /** Never rejects for a command that fails. */
  ask(...words: string[]): Promise<VirshResult>;
  /** What it prints. @throws Error with what virsh says when the command fails */
  run(...words: string[]): Promise<string>;
}

export function virshOn(uri: string, processes: Processes, signal: AbortSignal): Virsh {
  const ask = async (...words: string[]): Promise<VirshResult> => {
    const options = { env: virshEnvironment(), timeoutMs: CALL_MS, signal };
    const { status, stdout, stderr } = await processes.runTool(['virsh', '-q', '-c', uri, ...words], options);
    return {
      ok: status.type === 'exited' && status.code === 0,
      stdout: Buffer.from(stdout).toString(),
      stderr: Buffer.from(stderr).toString(),
    };
  };
  return {
    uri,
    ask,
    async run(...words) {
      const { ok, stdout, stderr } = await ask(...words);
      if (!ok) throw new Error(`virsh ${words.join(' ')}: ${stderr.trim()}`);
      return stdout;
    },
  };
}

/** What virsh needs, in a language that can be read back. */
export function virshEnvironment(): { readonly [name: string]: string } {
  const { PATH = '/usr/bin:/bin', HOME = '/' } = process.env;
  return { PATH, HOME, LC_ALL: 'C', TERM: 'dumb' };
}
