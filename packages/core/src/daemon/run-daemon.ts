import { setMaxListeners } from 'node:events';
import { LogOutput, PinoLogger } from '../adapters/pino-logger.js';
import type { ConfigKeys } from '../config/config-key.js';
import type { Logger } from '../ports/logger.js';
import { parseDaemonArgs } from './daemon-args.js';
import type { DaemonProgram } from './daemon-context.js';
import { levelFromText } from './log-control.js';
import { type RunningDaemon, startDaemon } from './start-daemon.js';

const EXIT_USAGE = 2;
/** One call's signal is waited for by all that the call does at once; Node warns beyond ten. */
const LISTENERS_MAX = 1000;

/**
 * The life of a daemon's process: arguments, log, sockets, signals, idle end. Everything else is `program.setup`, which should
 * only put things together and load what it needs when it is first called.
 */
export async function runDaemon<K extends ConfigKeys>(program: DaemonProgram<K>): Promise<void> {
  setMaxListeners(LISTENERS_MAX);
  const parsed = parseDaemonArgs(program, process.argv.slice(2));
  if (parsed.type === 'say') {
    process.stdout.write(parsed.text);
    return;
  }
  if (parsed.type === 'wrong') {
    process.stderr.write(`${parsed.text}\n`);
    process.exitCode = EXIT_USAGE;
    return;
  }
  const fromEnv = levelFromText(process.env.LIBVIRT_DEBUG);
  const output = new LogOutput(program.name, fromEnv ?? (parsed.args.verbose ? 'info' : 'warn'));
  const log = new PinoLogger(output, { component: program.name });
  endOnBugs(log);
  try {
    const daemon = await startDaemon(program, {
      args: parsed.args,
      output,
      log,
      levelIsSet: fromEnv !== undefined,
    });
    obeySignals(daemon, log);
    await output.load();
  } catch (error) {
    log.error('cannot start', { error });
    process.exit(1);
  }
}

// State is on disk and the clients are kept by the proxy: going on after a bug is worse than starting again.
function endOnBugs(log: Logger): void {
  const end = (error: unknown): void => {
    log.error('ended by a bug', { error });
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

function obeySignals(daemon: RunningDaemon, log: Logger): void {
  let asked = 0;
  const stop = (signal: string): void => {
    asked++;
    // Whoever asks again does not want to wait.
    if (asked > 1) process.exit(1);
    daemon.stop(`got ${signal}`);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', () => {
    daemon.reload().catch((error: unknown) => log.error('cannot read the configuration again', { error }));
  });
}
