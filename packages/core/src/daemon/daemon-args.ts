import { parseArgs } from 'node:util';

/** What a daemon is told on its command line. */
export interface DaemonArgs {
  readonly root: string;
  /** Seconds of idleness after which it ends; undefined: as the way it was started says. 0: never. */
  readonly timeoutSeconds: number | undefined;
  readonly configFile: string | undefined;
  readonly verbose: boolean;
  readonly session: boolean;
}

export type ParsedArgs =
  | { readonly type: 'run'; readonly args: DaemonArgs }
  | { readonly type: 'say'; readonly text: string }
  | { readonly type: 'wrong'; readonly text: string };

const options = {
  root: { type: 'string', default: '/' },
  timeout: { type: 'string', short: 't' },
  config: { type: 'string', short: 'f' },
  verbose: { type: 'boolean', short: 'v', default: false },
  session: { type: 'boolean', default: false },
  version: { type: 'boolean', short: 'V', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const HELP = `
  --root DIR         keep everything below DIR instead of /
  -t, --timeout N    end after N seconds without clients and work; 0: never
  -f, --config FILE  read this configuration file
  -v, --verbose      log what happens, not only what goes wrong
  --session          serve one user, with the files of that user
  -V, --version      print the version
  -h, --help         print this
`;

export function parseDaemonArgs(
  program: { name: string; version: string },
  argv: readonly string[],
): ParsedArgs {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(argv);
  } catch (error) {
    return {
      type: 'wrong',
      text: `${program.name}: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
  if (values.help) return { type: 'say', text: `${program.name} [options]\n${HELP}` };
  if (values.version) return { type: 'say', text: `${program.name} (modvirt) ${program.version}\n` };
  const { root, timeout, config, verbose, session } = values;
  if (!root.startsWith('/'))
    return { type: 'wrong', text: `${program.name}: --root must be an absolute path` };
  if (timeout !== undefined && !/^\d{1,9}$/.test(timeout)) {
    return { type: 'wrong', text: `${program.name}: --timeout takes a number of seconds` };
  }
  const timeoutSeconds = timeout === undefined ? undefined : Number(timeout);
  return { type: 'run', args: { root, timeoutSeconds, configFile: config, verbose, session } };
}

function parse(argv: readonly string[]) {
  return parseArgs({ args: [...argv], options, allowPositionals: false }).values;
}
