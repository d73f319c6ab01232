/** Facts that go with a line: no secrets, numbers carry their unit in their name. */
export type LogFields = { readonly [name: string]: unknown };

/** One line per fact. `error`: someone must act; `warn`: degraded but served; `info`: state changed. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger whose lines all carry `fields`. */
  child(fields: LogFields): Logger;
}
