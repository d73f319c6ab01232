/** How a document is read: what libvirt's parse flags say. */
export interface ParseContext {
  /** A definition of an inactive object: what only a running one has (aliases, host devices' names) is ignored. */
  readonly inactive: boolean;
  /** libvirt's own status files, which carry more than clients may set. */
  readonly status: boolean;
  /** Strict: what the schema does not know is refused. */
  readonly validate: boolean;
}

/** What is printed. */
export interface FormatContext {
  /** Leave out what only a running object has. */
  readonly inactive: boolean;
  /** Print secrets. */
  readonly secure: boolean;
  /** For the destination of a migration, which may be an older release. */
  readonly migratable: boolean;
  /** For status files. */
  readonly status: boolean;
}

export const parseLive: ParseContext = { inactive: false, status: false, validate: false };
export const parseInactive: ParseContext = { inactive: true, status: false, validate: false };
export const formatLive: FormatContext = { inactive: false, secure: false, migratable: false, status: false };
export const formatInactive: FormatContext = { ...formatLive, inactive: true };
