import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { Processes, ToolOptions, ToolResult } from '@modvirt/core/ports';
import type { Tools } from '../files/tools.js';

const PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** The tools that are installed here. */
export class HostTools implements Tools {
  readonly #processes: Pick<Processes, 'runTool'>;
  readonly #directories: readonly string[];

  /** @param path directories that are looked into before the usual ones */
  constructor(processes: Pick<Processes, 'runTool'>, path: string | undefined) {
    this.#processes = processes;
    const own = (path ?? '').split(':').filter((it) => it.startsWith('/'));
    this.#directories = [...new Set([...own, ...PATH])];
  }

  runTool(command: readonly [string, ...string[]], options: ToolOptions): Promise<ToolResult> {
    return this.#processes.runTool(command, options);
  }

  async locate(program: string): Promise<string | undefined> {
    for (const directory of this.#directories) {
      const path = `${directory}/${program}`;
      const isThere = await access(path, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (isThere) return path;
    }
    return undefined;
  }
}
