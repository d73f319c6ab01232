import { VirError } from '@modvirt/core/errors';
import type { Descriptors, ExitStatus, Files, OpenFiles, Process, Processes } from '@modvirt/core/ports';
import type { SaveFormat } from './image-header.js';

/** A program that reads its input and writes its output: its name and arguments. */
export type Filter = readonly [string, ...string[]];

const PROGRAMS: { readonly [F in SaveFormat]?: string } = {
  gzip: 'gzip',
  bzip2: 'bzip2',
  xz: 'xz',
  lzop: 'lzop',
  zstd: 'zstd',
};

/** What packs a stream; undefined for one that stays as it is. */
export function packer(format: SaveFormat): Filter | undefined {
  const program = PROGRAMS[format];
  if (program === undefined) return undefined;
  return format === 'xz' ? [program, '-c', '-3'] : [program, '-c'];
}

/** What unpacks it. */
export function unpacker(format: SaveFormat): Filter | undefined {
  const program = PROGRAMS[format];
  if (program === undefined) return undefined;
  return format === 'lzop' ? [program, '-dc', '--ignore-warn'] : [program, '-dc'];
}

/** Writes past the page cache. The output is at a multiple of the blocks of its storage. */
export const uncachedWriter: Filter = ['dd', 'bs=1M', 'iflag=fullblock', 'oflag=direct', 'status=none'];

/** Reads past the page cache, from the beginning of the input on. */
export function uncachedReader(skipBytes: number): readonly Filter[] {
  return [
    ['dd', 'bs=1M', 'iflag=direct', 'status=none'],
    ['tail', '-c', `+${skipBytes + 1}`],
  ];
}

export interface FilterPorts {
  readonly files: Files;
  readonly processes: Processes;
  readonly descriptors: Descriptors;
  readonly openFiles: OpenFiles;
}

export interface RunningFilters {
  /** Resolves when all have done their work. @throws VirError with what one of them said */
  readonly done: Promise<void>;
  kill(): void;
}

const DIRECTORIES = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'];

/** Where a program is; undefined when it is not installed. */
export async function findProgram(files: Files, name: string): Promise<string | undefined> {
  for (const directory of DIRECTORIES) {
    const path = `${directory}/${name}`;
    if ((await files.info(path, { follow: true }))?.type === 'file') return path;
  }
  return undefined;
}

/**
 * Lets the filters work one after the other from `input` to `output`, which stay ours.
 *
 * @throws VirError OPERATION_FAILED when one is not installed
 */
export async function runFilters(
  ports: FilterPorts,
  filters: readonly Filter[],
  ends: { readonly input: number; readonly output: number },
): Promise<RunningFilters> {
  const running: { readonly process: Process; readonly name: string; readonly said: number }[] = [];
  const kill = (): void => {
    for (const { process } of running) process.kill('SIGKILL');
  };
  let input = ports.descriptors.duplicate(ends.input);
  try {
    for (const [index, filter] of filters.entries()) {
      const isLast = index === filters.length - 1;
      const between = isLast ? undefined : ports.openFiles.pipe();
      const output = between?.writing ?? ends.output;
      try {
        running.push(await startFilter(ports, filter, { input, output }));
      } finally {
        ports.descriptors.close(input);
        if (between !== undefined) ports.descriptors.close(between.writing);
      }
      input = between?.reading ?? -1;
    }
  } catch (error) {
    kill();
    if (input >= 0) ports.descriptors.close(input);
    throw error;
  }
  const done = Promise.all(running.map((it) => endOf(ports, it))).then(() => undefined);
  done.catch(() => undefined);
  return { done, kill };
}

async function startFilter(
  ports: FilterPorts,
  [name, ...argv]: Filter,
  { input, output }: { readonly input: number; readonly output: number },
): Promise<{ readonly process: Process; readonly name: string; readonly said: number }> {
  const file = await findProgram(ports.files, name);
  if (file === undefined) {
    throw VirError.of('OPERATION_FAILED', `Cannot find '${name}' in path: No such file or directory`);
  }
  const said = ports.descriptors.memoryFile(`${name}-errors`, new Uint8Array());
  try {
    const process = await ports.processes.spawn({
      file,
      argv,
      env: { PATH: DIRECTORIES.join(':'), LC_ALL: 'C' },
      descriptors: { 0: input, 1: output, 2: said },
    });
    return { process, name, said };
  } catch (error) {
    ports.descriptors.close(said);
    throw error;
  }
}

async function endOf(
  ports: FilterPorts,
  { process, name, said }: { readonly process: Process; readonly name: string; readonly said: number },
): Promise<void> {
  const status = await process.exited;
  try {
    if (status.type === 'exited' && status.code === 0) return;
    const text = new TextDecoder().decode(await ports.files.read(`/proc/self/fd/${said}`)).trim();
    const why = `Child process (${name}) unexpected ${describe(status)}`;
    throw VirError.of('INTERNAL_ERROR', text === '' ? why : `${why}: ${text}`);
  } finally {
    ports.descriptors.close(said);
  }
}

function describe(status: ExitStatus): string {
  if (status.type === 'exited') return `exit status ${status.code}`;
  return status.type === 'killed' ? `fatal signal ${status.signal}` : 'end';
}
