import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadNative } from '@modvirt/native';
import { NativeDescriptors } from '../adapters/native-descriptors.js';
import { NativeFileLocks } from '../adapters/native-file-locks.js';
import { ownContracts } from '../adapters/own-contracts.js';
import type { LogOutput } from '../adapters/pino-logger.js';
import { SystemClock } from '../adapters/system-clock.js';
import { SystemdServiceManager } from '../adapters/systemd-service-manager.js';
import { UnixSockets } from '../adapters/unix-sockets.js';
import type { ConfigKeys } from '../config/config-key.js';
import { parseLogFilters, parseLogOutputs } from '../config/log-syntax.js';
import type { ReadConfig } from '../config/read-config.js';
import type { ServedProgram } from '../driver/handlers.js';
import { handlerGroup, serveProgram } from '../driver/serve-program.js';
import { Scope } from '../jobs/scope.js';
import type { HeldLock } from '../ports/file-locks.js';
import type { Logger } from '../ports/logger.js';
import type { ServiceManager } from '../ports/service-manager.js';
import { daemonControl, modvirtProgram } from '../protocol/modvirt.js';
import { lxcProgram, qemuProgram, remoteProgram } from '../protocol/programs.js';
import { RpcServer } from '../rpc/rpc-server.js';
import { type BasePaths, nativeSocketPath, pidFilePath, sessionPaths, systemPaths } from '../uri/paths.js';
import type { DaemonArgs } from './daemon-args.js';
import type { DaemonContext, DaemonProgram } from './daemon-context.js';
import { DaemonLife } from './daemon-life.js';
import { DaemonListeners, makeSocketDirectory } from './daemon-listeners.js';
import { loadConfig } from './load-config.js';
import { logLevels } from './log-control.js';

/** A daemon started by systemd for a connection ends when nobody has needed it for so long. */
const IDLE_MS = 120_000;

export interface StartOptions {
  readonly args: DaemonArgs;
  readonly output: LogOutput;
  readonly log: Logger;
  /** The level came from the environment: the configuration does not change it. */
  readonly levelIsSet: boolean;
}

export interface RunningDaemon {
  /** Stops gracefully and ends the process. */
  stop(reason: string): void;
  reload(): Promise<void>;
}

/** Starts serving. @throws what kept it from starting; what was opened is left to the end of the process */
export async function startDaemon<K extends ConfigKeys>(
  program: DaemonProgram<K>,
  options: StartOptions,
): Promise<RunningDaemon> {
  const { args, log } = options;
  process.umask(args.session ? 0o077 : 0o022);
  const paths = pathsOf(args);
  const base = openBase(program, paths, log);
  const config = loadConfig(
    {
      directory: paths.config,
      names: program.configFiles ?? [`${program.name}.conf`],
      chosen: args.configFile,
    },
    program.configKeys,
    log,
  );
  await applyLogSettings(config.values, options);
  const nativeListeners = base.listeners.open(
    { path: nativeSocketPath(paths, program.name) },
    program.nativeSocketNames ?? [`${program.name}-rpc.socket`, `${program.name}.socket`],
  );
  const idleMs = idleTime(args, base.serviceManager);
  const life = new DaemonLife({ ...base, log, idleMs, exit: (code) => process.exit(code) });
  const context = makeContext({ program, options, paths, config, base, life });
  const driver = await program.setup(context);
  const programs = [...withUnserved(driver.programs), ownProgram(program, options, base, life)];
  base.server.serve({ ...driver, programs }, ownContracts(programs.map((served) => served.program)));
  for (const listener of nativeListeners) {
    base.listeners.start(listener, (channel) => base.server.accept(channel));
  }
  life.begin(driver);
  log.info('ready', { version: program.version, sinceExecMs: Math.round(performance.now()) });
  return life;
}

type Base = ReturnType<typeof openBase>;

interface ContextParts<K extends ConfigKeys> {
  readonly program: DaemonProgram<K>;
  readonly options: StartOptions;
  readonly paths: BasePaths;
  readonly config: ReadConfig<K>;
  readonly base: Base;
  readonly life: DaemonLife;
}

function makeContext<K extends ConfigKeys>(parts: ContextParts<K>): DaemonContext<K> {
  const { program, options, paths, config, base, life } = parts;
  const { native, clock, sockets, descriptors, serviceManager, scope, server } = base;
  return {
    name: program.name,
    version: program.version,
    args: options.args,
    paths,
    config: config.values,
    configGiven: config.given,
    clock,
    log: options.log,
    logControl: options.output,
    native,
    sockets,
    descriptors,
    serviceManager,
    events: server.events,
    scope,
    get counts() {
      return server.counts;
    },
    hold: () => life.hold(),
    listen: (plan) => life.listen(plan),
    shutdown: (reason) => life.stop(reason),
  };
}

function pathsOf(args: DaemonArgs): BasePaths {
  if (!args.session) return systemPaths(args.root);
  const { HOME = '/', XDG_CONFIG_HOME, XDG_CACHE_HOME, XDG_RUNTIME_DIR } = process.env;
  const below = (path: string): string => join(args.root, path);
  return sessionPaths({
    home: below(HOME),
    configHome: XDG_CONFIG_HOME && below(XDG_CONFIG_HOME),
    cacheHome: XDG_CACHE_HOME && below(XDG_CACHE_HOME),
    runtimeDir: XDG_RUNTIME_DIR && below(XDG_RUNTIME_DIR),
  });
}

function idleTime(args: DaemonArgs, serviceManager: ServiceManager): number {
  if (args.timeoutSeconds !== undefined) return args.timeoutSeconds * 1000;
  return serviceManager.isSocketActivated ? IDLE_MS : 0;
}

// A client may call what this daemon has no code for: it hears that it is not supported, rather than of an unknown program.
function withUnserved(served: readonly ServedProgram[]): readonly ServedProgram[] {
  const numbers = new Set(served.map(({ program }) => program.number));
  const others = [remoteProgram, qemuProgram, lxcProgram].filter(({ number }) => !numbers.has(number));
  return [...served, ...others.map((program) => serveProgram(program, []))];
}

// What every daemon answers about itself.
function ownProgram(
  program: { readonly name: string; readonly version: string },
  options: StartOptions,
  base: Base,
  life: DaemonLife,
): ServedProgram {
  const { name, version } = program;
  const daemon = {
    name,
    version,
    server: base.server,
    isSocketActivated: base.serviceManager.isSocketActivated,
    log: options.output,
    shutdown: () => life.stop('asked to'),
  };
  const load = async () => (await import('./status-handlers.js')).statusHandlers(daemon);
  return serveProgram(modvirtProgram, [handlerGroup(daemonControl, load)]);
}

function openBase(
  program: { readonly name: string; readonly version: string },
  paths: BasePaths,
  log: Logger,
) {
  const native = loadNative();
  const clock = new SystemClock();
  const descriptors = new NativeDescriptors(native);
  const sockets = new UnixSockets(native);
  const serviceManager = new SystemdServiceManager({ native, env: process.env, pid: process.pid });
  const pidLock = lockPidFile(new NativeFileLocks(native), program.name, pidFilePath(paths, program.name));
  makeSocketDirectory(nativeSocketPath(paths, program.name));
  const listeners = new DaemonListeners({ sockets, serviceManager, log });
  const server = new RpcServer({
    daemon: program.name,
    version: program.version,
    epoch: `${Date.now().toString(36)}.${process.pid}`,
    clock,
    descriptors,
    log,
    ownUid: process.getuid?.() ?? 0,
  });
  return {
    native,
    clock,
    descriptors,
    sockets,
    serviceManager,
    pidLock,
    listeners,
    server,
    scope: new Scope(log),
  };
}

function lockPidFile(locks: NativeFileLocks, name: string, path: string): HeldLock {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  const result = locks.acquirePidFile(path);
  if (result.type === 'held') return result.lock;
  throw new Error(`${name} is running already as process ${result.pid ?? 'unknown'} (it has locked ${path})`);
}

async function applyLogSettings(
  values: Readonly<Record<string, unknown>>,
  { args, output, levelIsSet }: StartOptions,
): Promise<void> {
  const level = logLevels[Number(values.log_level) - 1];
  if (level !== undefined && !levelIsSet && !args.verbose) output.level = level;
  const { log_filters: filters, log_outputs: outputs } = values;
  if (typeof filters === 'string') output.setFilters(parseLogFilters(filters));
  if (typeof outputs === 'string') await output.setDestinations(parseLogOutputs(outputs));
}
