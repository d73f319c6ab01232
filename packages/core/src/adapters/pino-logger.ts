import { writeSync } from 'node:fs';
import type { LogFields, Logger } from '../ports/logger.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

interface Line {
  readonly level: LogLevel;
  readonly timeMs: number;
  readonly fields: LogFields;
  readonly message: string;
}

type Sink = (line: Line) => void;

const RANKS: Readonly<Record<LogLevel, number>> = { debug: 20, info: 30, warn: 40, error: 50 };
const STDERR = 2;

/**
 * Where all loggers of a program write: JSON lines on stderr, by pino. Pino takes longer to load than a daemon has to give its
 * first answer, so it is loaded afterwards; until then lines are kept.
 */
export class LogOutput {
  level: LogLevel;
  readonly #name: string;
  #kept: Line[] = [];
  #sink: Sink | undefined;

  constructor(name: string, level: LogLevel) {
    this.#name = name;
    this.level = level;
    process.on('exit', () => this.#writePlainly());
  }

  /** Writes what was kept, and all that comes, by pino. */
  async load(): Promise<void> {
    const { destination, pino, stdSerializers } = await import('pino');
    const { err } = stdSerializers;
    const options = {
      name: this.#name,
      level: 'debug',
      timestamp: false,
      serializers: { error: err, err },
      formatters: { level: (label: string) => ({ level: label }) },
    };
    const backend = pino(options, destination({ fd: STDERR, sync: true }));
    this.#sink = ({ level, timeMs, fields, message }) => {
      backend[level]({ time: new Date(timeMs).toISOString(), ...fields }, message);
    };
    for (const line of this.#kept.splice(0)) this.#sink(line);
  }

  write(level: LogLevel, message: string, fields: LogFields): void {
    if (RANKS[level] < RANKS[this.level]) return;
    const line = { level, timeMs: Date.now(), fields, message };
    if (this.#sink === undefined) this.#kept.push(line);
    else this.#sink(line);
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
    this.#output.write('debug', message, { ...this.#fields, ...fields });
  }

  info(message: string, fields?: LogFields): void {
    this.#output.write('info', message, { ...this.#fields, ...fields });
  }

  warn(message: string, fields?: LogFields): void {
    this.#output.write('warn', message, { ...this.#fields, ...fields });
  }

  error(message: string, fields?: LogFields): void {
    this.#output.write('error', message, { ...this.#fields, ...fields });
  }

  child(fields: LogFields): Logger {
    return new PinoLogger(this.#output, { ...this.#fields, ...fields });
  }
}
