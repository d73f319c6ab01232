import type { LogLevel } from '../adapters/pino-logger.js';

/** The level of a running daemon; may be set at any time. */
export interface LogControl {
  level: LogLevel;
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
