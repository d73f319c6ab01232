import { VirError } from '../errors/vir-error.js';

// How libvirt writes where log lines go (`log_outputs`) and which are written (`log_filters`): words with spaces between.

/** libvirt's numbers: 1 debug, 2 info, 3 warning, 4 error. */
export type LogPriority = 1 | 2 | 3 | 4;

/** Lines of the parts whose name matches are written from this priority on, whatever the level is otherwise. */
export interface LogFilter {
  readonly priority: LogPriority;
  /** With `*` for anything. */
  readonly pattern: string;
}

/** Lines from this priority on go there. */
export type LogDestination =
  | { readonly priority: LogPriority; readonly type: 'stderr' | 'journald' }
  | { readonly priority: LogPriority; readonly type: 'file' | 'syslog'; readonly target: string };

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

/** @throws VirError INVALID_ARG */
export function parseLogFilters(text: string): readonly LogFilter[] {
  return words(text).map((word) => {
    const [, digits, name] = /^([^:]*):\+?(.+)$/.exec(word) ?? [];
    if (digits === undefined || name === undefined)
      throw VirError.of('INVALID_ARG', `Malformed format for filter '${word}'`);
    const priority = priorityOf(digits);
    if (priority === undefined)
      throw VirError.of('INVALID_ARG', `Invalid priority '${digits}' for filter '${word}'`);
    return { priority, pattern: name.includes('*') ? name : `*${name}*` };
  });
}

export function formatLogFilters(filters: readonly LogFilter[]): string {
  return filters.map(({ priority, pattern }) => `${priority}:${pattern}`).join(' ');
}

/** @throws VirError INVALID_ARG */
export function parseLogOutputs(text: string): readonly LogDestination[] {
  return words(text).map((word) => {
    const [digits = '', type, ...rest] = word.split(':');
    const target = rest.join(':');
    const priority = priorityOf(digits);
    if (type === undefined) throw VirError.of('INVALID_ARG', `Malformed format for log output '${word}'`);
    if (priority === undefined)
      throw VirError.of('INVALID_ARG', `Invalid log priority '${digits}' for log output '${word}'`);
    if ((type === 'stderr' || type === 'journald') && target === '') return { priority, type };
    if ((type === 'file' || type === 'syslog') && target !== '') return { priority, type, target };
    if (!['stderr', 'journald', 'file', 'syslog'].includes(type))
      throw VirError.of('INVALID_ARG', `Invalid log destination '${type}' for log output '${word}'`);
    const text = `Log output '${word}' does not meet the format requirements for destination type '${type}'`;
    throw VirError.of('INVALID_ARG', text);
  });
}

export function formatLogOutputs(destinations: readonly LogDestination[]): string {
  return destinations
    .map((one) => `${one.priority}:${one.type}${'target' in one ? `:${one.target}` : ''}`)
    .join(' ');
}

function priorityOf(digits: string): LogPriority | undefined {
  return /^[1-4]$/.test(digits) ? (Number(digits) as LogPriority) : undefined;
}
