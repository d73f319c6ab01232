import type { LogLevel } from '../adapters/pino-logger.js';
import type { LogDestination, LogFilter } from '../config/log-syntax.js';

/** What a running daemon logs and where; may be set at any time. */
export interface LogControl {
  level: LogLevel;
  readonly filters: readonly LogFilter[];
  setFilters(filters: readonly LogFilter[]): void;
  readonly destinations: readonly LogDestination[];
  /** None: stderr. @throws VirError when one cannot be opened; everything is as before then */
  setDestinations(destinations: readonly LogDestination[]): Promise<void>;
}

/** Libvirt's numbers of log levels: the first is 1. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[];

/** A level as LIBVIRT_DEBUG says it: a number, or a word of libvirt's. Undefined when it is none. */
export function levelFromText(text: string | undefined): LogLevel | undefined {
  if (text === undefined) return undefined;
  const words: Readonly<Record<string, LogLevel>> = {
    debug: 'debug',
    info: 'info',
    warning: 'warn',
    warn: 'warn',
    error: 'error',
  };
  return logLevels[Number(text) - 1] ?? words[text];
}
