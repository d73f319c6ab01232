import { VirError } from '@modvirt/core/errors';

/** One lease as it stands in the file that is kept beside the network: what the host's name service reads too. */
export interface LeaseRow {
  readonly 'ip-address': string;
  readonly 'mac-address'?: string;
  readonly hostname?: string;
  readonly 'client-id'?: string;
  readonly iaid?: string;
  /** Seconds since 1970; 0 for ever. */
  readonly 'expiry-time': number;
}

/** @throws VirError INTERNAL_ERROR when it is no such file */
export function parseLeases(text: string, path: string): readonly LeaseRow[] {
  if (text.trim() === '') return [];
  const rows = parsed(text, path);
  if (!Array.isArray(rows)) throw malformed(path);
  return rows.filter(isLease);
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(path, error);
  }
}

function malformed(path: string, cause?: unknown): VirError {
  return VirError.of('INTERNAL_ERROR', `invalid json in file: ${path}`, { domain: 'NETWORK', cause });
}

function isLease(row: unknown): row is LeaseRow {
  if (typeof row !== 'object' || row === null) return false;
  return 'ip-address' in row && typeof row['ip-address'] === 'string' && 'expiry-time' in row;
}

export interface LeaseChange {
  readonly action: 'add' | 'old' | 'del';
  readonly row: LeaseRow;
}

/** The leases after what dnsmasq told. An address is lent once. */
export function withLease(rows: readonly LeaseRow[], { action, row }: LeaseChange): readonly LeaseRow[] {
  const others = rows.filter((it) => it['ip-address'] !== row['ip-address']);
  return action === 'del' ? others : [...others, row];
}

/** Four blanks a level, as libvirt's helper writes it. */
export function formatLeases(rows: readonly LeaseRow[]): string {
  return `${JSON.stringify(rows, undefined, 2)}\n`;
}
