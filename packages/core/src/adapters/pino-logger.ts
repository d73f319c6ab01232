import { closeSync, openSync, writeSync } from 'node:fs';
import type { LogDestination, LogFilter, LogPriority } from '../config/log-syntax.js';
import { VirError } from '../errors/vir-error.js';
import type { LogFields, Logger } from '../ports/logger.js';
import { openSystemLog } from './system-log.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

interface Line {
  readonly level: LogLevel;
  readonly timeMs: number;
  readonly fields: LogFields;
  readonly message: string;
}

/** One place where lines go. */
interface Sink {
  /** Undefined: the level of the whole. */
  readonly priority: LogPriority | undefined;
  write(line: Line): void;
  close(): void;
}

type Pino = typeof import('pino');

const PRIORITIES: Readonly<Record<LogLevel, LogPriority>> = { debug: 1, info: 2, warn: 3, error: 4 };
/** Those of syslog(3). */
const SEVERITIES: Readonly<Record<LogLevel, number>> = { debug: 7, info: 6, warn: 4, error: 3 };
const STDERR = 2;
const FILE_MODE = 0o600;

/**
 * Where all loggers of a program write: JSON lines by pino, on stderr unless told otherwise. Pino takes longer to load than a
 * daemon has to give its first answer, so it is loaded afterwards; until then lines are kept.
 */
export class LogOutput {
  level: LogLevel;
  readonly #name: string;
  #kept: Line[] = [];
  #sinks: readonly Sink[] | undefined;
  #destinations: readonly LogDestination[] | undefined;
  #filters: readonly { readonly filter: LogFilter; readonly matches: RegExp }[] = [];

  constructor(name: string, level: LogLevel) {
    this.#name = name;
    this.level = level;
    process.on('exit', () => this.#writePlainly());
  }

  get filters(): readonly LogFilter[] {
    return this.#filters.map(({ filter }) => filter);
  }

  /** A filter is about lines whose field `component` its pattern matches; the last one that matches counts. */
  setFilters(filters: readonly LogFilter[]): void {
    this.#filters = filters.map((filter) => ({ filter, matches: toRegExp(filter.pattern) }));
  }

  get destinations(): readonly LogDestination[] {
    return this.#destinations ?? [{ type: 'stderr', priority: PRIORITIES[this.level] }];
  }

  /**
   * Writes to these from now on; none: to stderr again.
   *
   * @throws VirError when one cannot be opened; everything is as before then
   */
  async setDestinations(destinations: readonly LogDestination[]): Promise<void> {
    const pino = await import('pino');
    const isDefault = destinations.length === 0;
    const opened: Sink[] = [];
    try {
      if (isDefault) opened.push(this.#toStderr(pino, undefined));
      for (const one of destinations) opened.push(this.#open(pino, one));
    } catch (error) {
      for (const sink of opened) sink.close();
      throw error;
    }
    const old = this.#sinks ?? [];
    this.#destinations = isDefault ? undefined : destinations;
    this.#begin(opened);
    for (const sink of old) sink.close();
  }

  /** Writes what was kept, and all that comes, by pino. */
  async load(): Promise<void> {
    if (this.#sinks !== undefined) return;
    const pino = await import('pino');
    this.#begin([this.#toStderr(pino, undefined)]);
  }

  /** Whether lines of this level are written anywhere. */
  takes(level: LogLevel, component: unknown): boolean {
    return PRIORITIES[level] >= this.#lowestFor(component);
  }

  write(level: LogLevel, message: string, fields: LogFields): void {
    if (!this.takes(level, fields.component)) return;
    const line = { level, timeMs: Date.now(), fields, message };
    if (this.#sinks === undefined) this.#kept.push(line);
    else this.#give(line, this.#sinks);
  }

  #lowestFor(component: unknown): number {
    const found =
      typeof component === 'string'
        ? this.#filters.findLast(({ matches }) => matches.test(component))
        : undefined;
    return found === undefined ? PRIORITIES[this.level] : found.filter.priority;
  }

  #begin(sinks: readonly Sink[]): void {
    this.#sinks = sinks;
    for (const line of this.#kept.splice(0)) this.#give(line, sinks);
  }

  #give(line: Line, sinks: readonly Sink[]): void {
    for (const sink of sinks) {
      if (sink.priority === undefined || PRIORITIES[line.level] >= sink.priority) sink.write(line);
    }
  }

  #open(pino: Pino, one: LogDestination): Sink {
    if (one.type === 'stderr') return this.#toStderr(pino, one.priority);
    if (one.type === 'file') {
      const descriptor = openFile(one.target);
      const write = writer(pino, this.#name, descriptor);
      return { priority: one.priority, write, close: () => closeSync(descriptor) };
    }
    const send = openSystemLog(one.type, 'target' in one ? one.target : this.#name);
    const [name, { pid }] = [this.#name, process];
    return {
      priority: one.priority,
      write: ({ level, message, fields }) =>
        send({ name, pid, severity: SEVERITIES[level], message, fields }),
      close: () => undefined,
    };
  }

  #toStderr(pino: Pino, priority: LogPriority | undefined): Sink {
    return { priority, write: writer(pino, this.#name, STDERR), close: () => undefined };
  }

  // The program ends before pino was there.
  #writePlainly(): void {
    for (const { level, timeMs, fields, message } of this.#kept.splice(0)) {
      const shown = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plain(value)]));
      const time = new Date(timeMs).toISOString();
      const line = { level, pid: process.pid, name: this.#name, time, ...shown, msg: message };
      writeSync(
        STDERR,
        `${JSON.stringify(line, (_key, value) => (typeof value === 'bigint' ? String(value) : value))}\n`,
      );
    }
  }
}

function writer({ destination, pino, stdSerializers }: Pino, name: string, fd: number): Sink['write'] {
  const { err } = stdSerializers;
  const options = {
    name,
    level: 'debug',
    timestamp: false,
    serializers: { error: err, err },
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const backend = pino(options, destination({ fd, sync: true }));
  return ({ level, timeMs, fields, message }) => {
    backend[level]({ time: new Date(timeMs).toISOString(), ...fields }, message);
  };
}

function openFile(path: string): number {
  if (!path.startsWith('/')) throw VirError.of('INVALID_ARG', `log file '${path}' is no absolute path`);
  try {
    return openSync(path, 'a', FILE_MODE);
  } catch (cause) {
    const { errno = 0, code = 'EIO' } = cause as NodeJS.ErrnoException;
    throw VirError.system(Math.abs(errno), code, `failed to open ${path}`, { cause });
  }
}

function toRegExp(pattern: string): RegExp {
  const escaped = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`);
}

function plain(value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return { type: value.name, message: value.message, stack: value.stack };
}

/** A logger whose lines all carry `fields`. */
export class PinoLogger implements Logger {
  readonly #output: LogOutput;
  readonly #fields: LogFields;

  constructor(output: LogOutput, fields: LogFields = {}) {
    this.#output = output;
    this.#fields = fields;
  }

  debug(message: string, fields?: LogFields): void {
    this.#write('debug', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#write('info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#write('warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#write('error', message, fields);
  }

  child(fields: LogFields): Logger {
    return new PinoLogger(this.#output, { ...this.#fields, ...fields });
  }
  // Nothing is made for lines that go nowhere: they stand in hot paths.
  #write(level: LogLevel, message: string, fields: LogFields | undefined): void {
    if (!this.#output.takes(level, this.#fields.component)) return;
    this.#output.write(level, message, fields === undefined ? this.#fields : { ...this.#fields, ...fields });
  }
}
