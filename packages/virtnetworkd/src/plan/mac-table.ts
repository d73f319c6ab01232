import { VirError } from '@modvirt/core/errors';

/** Which domains have which MAC addresses on a network: what the name service of the host reads. */
export type MacTable = ReadonlyMap<string, readonly string[]>;

/** @throws VirError INTERNAL_ERROR when it is no such table */
export function parseMacTable(text: string): MacTable {
  const rows: unknown = parsed(text);
  if (!Array.isArray(rows)) throw malformed('JSON is not an array');
  return new Map(rows.map(readRow));
}

function parsed(text: string): unknown {
  if (text.trim() === '') return [];
  try {
    return JSON.parse(text);
  } catch (error) {
    throw VirError.of('INTERNAL_ERROR', 'cannot parse json', { domain: 'NETWORK', cause: error });
  }
}

function readRow(row: unknown): readonly [string, readonly string[]] {
  const { domain, macs } = (row ?? {}) as { readonly domain?: unknown; readonly macs?: unknown };
  if (typeof domain !== 'string') throw malformed('missing domain');
  if (!Array.isArray(macs) || !macs.every((it) => typeof it === 'string')) throw malformed('missing macs');
  return [domain, macs];
}

function malformed(detail: string): VirError {
  return VirError.of('INTERNAL_ERROR', detail, { domain: 'NETWORK' });
}

export function formatMacTable(table: MacTable): string {
  const rows = [...table].map(([domain, macs]) => ({ domain, macs }));
  return `${JSON.stringify(rows, undefined, 2)}\n`;
}

export function withMac(table: MacTable, domain: string, mac: string): MacTable {
  const macs = table.get(domain) ?? [];
  return macs.includes(mac) ? table : new Map(table).set(domain, [...macs, mac]);
}

export function withoutMac(table: MacTable, domain: string, mac: string): MacTable {
  const left = (table.get(domain) ?? []).filter((it) => it !== mac);
  const copy = new Map(table);
  if (left.length === 0) copy.delete(domain);
  else copy.set(domain, left);
  return copy;
}
