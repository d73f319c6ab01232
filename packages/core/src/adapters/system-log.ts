import { loadNative } from '@modvirt/native';
import type { LogFields } from '../ports/logger.js';

/** One line for the host's log. */
export interface SystemLogLine {
  readonly name: string;
  readonly pid: number;
  /** syslog(3)'s severity: 3 error, 4 warning, 6 information, 7 debugging. */
  readonly severity: number;
  readonly message: string;
  readonly fields: LogFields;
}

/** systemd's journal by its native protocol, and syslog(3), both as datagrams. */
const PLACES = { journald: '/run/systemd/journal/socket', syslog: '/dev/log' } as const;
/** syslog's facility of daemons, in its place. */
const DAEMON = 3 << 3;

/**
 * Opens one of the host's logs. Its reader may come after us, go and come back: lines that nobody takes are lost, as they are for
 * every program.
 *
 * @param target the name under which lines stand in syslog
 */
export function openSystemLog(type: keyof typeof PLACES, target: string): (line: SystemLogLine) => void {
  const place = PLACES[type];
  const native = loadNative();
  const nothing = new Int32Array();
  return (line) => {
    const text = type === 'journald' ? journalEntry(line) : syslogEntry(line, target);
    try {
      native.sendDatagram(place, text, nothing);
    } catch {
      // A line about a line that could not be written would not be written either.
    }
  };
}

/** An entry as systemd's "Native Journal Protocol" has it: `FIELD=value` lines; the length before values of several lines. */
export function journalEntry({ name, severity, message, fields }: SystemLogLine): Uint8Array {
  const all: readonly (readonly [string, string])[] = [
    ['MESSAGE', message],
    ['PRIORITY', String(severity)],
    ['SYSLOG_IDENTIFIER', name],
    ...Object.entries(fields).map(([field, value]) => [journalName(field), asText(value)] as const),
  ];
  return Buffer.concat(all.map(([field, value]) => journalField(field, value)));
}

/** Camel case to the journal's capitals, ours apart from its own. */
function journalName(field: string): string {
  return `MODVIRT_${field
    .replaceAll(/[A-Z]/g, '_$&')
    .toUpperCase()
    .replaceAll(/[^A-Z0-9_]/g, '_')}`;
}

function journalField(field: string, value: string): Uint8Array {
  if (!value.includes('\n')) return Buffer.from(`${field}=${value}\n`);
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  return Buffer.concat([Buffer.from(`${field}\n`), length, bytes, Buffer.from('\n')]);
}

/** As glibc's syslog(3) writes it for a local reader, which adds the time. */
export function syslogEntry({ pid, severity, message, fields }: SystemLogLine, target: string): Uint8Array {
  const facts = Object.entries(fields).map(([field, value]) => ` ${field}=${asText(value)}`);
  return Buffer.from(
    `<${DAEMON | severity}>${target}[${pid}]: ${message}${facts.join('')}`.replaceAll('\n', ' '),
  );
}

function asText(value: unknown): string {
  if (value instanceof Error) return value.stack ?? value.message;
  if (typeof value === 'object' && value !== null)
    return JSON.stringify(value, (_key, it) => (typeof it === 'bigint' ? String(it) : it));
  return String(value);
}
