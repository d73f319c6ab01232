import { VirError } from '@modvirt/core/errors';
import { type TypedParameter, uintParameter } from '@modvirt/core/protocol';
import type { Bandwidth, NetworkPort } from '@modvirt/core/schema';

const INBOUND = ['average', 'peak', 'floor', 'burst'] as const;
const OUTBOUND = ['average', 'peak', 'burst'] as const;

type Rates = { -readonly [K in (typeof INBOUND)[number]]?: bigint };

/** What a port may carry, as parameters. */
export function portParameters({ bandwidth }: NetworkPort): TypedParameter[] {
  const { inbound, outbound } = bandwidth ?? {};
  const shown = (direction: string, names: readonly (keyof Rates)[], rates: Rates | undefined) =>
    rates === undefined
      ? []
      : names.map((name) => uintParameter(`${direction}.${name}`, Number(rates[name] ?? 0n)));
  return [...shown('inbound', INBOUND, inbound), ...shown('outbound', OUTBOUND, outbound)];
}

/** The limits after `params`; a direction whose average is nothing has none. @throws VirError INVALID_ARG */
export function changedBandwidth(
  before: Bandwidth | undefined,
  params: readonly TypedParameter[],
): Bandwidth | undefined {
  const inbound: Rates = { ...before?.inbound };
  const outbound: Rates = { ...before?.outbound };
  for (const { field, value } of params) {
    const [direction, name] = field.split('.');
    const known: readonly string[] = direction === 'inbound' ? INBOUND : OUTBOUND;
    if ((direction !== 'inbound' && direction !== 'outbound') || !known.includes(name ?? '')) {
      throw VirError.of('ARGUMENT_UNSUPPORTED', `parameter '${field}' not supported`);
    }
    if (value.type !== 'uint') {
      throw VirError.of(
        'INVALID_ARG',
        `invalid type '${value.type}' for parameter '${field}', expected 'uint'`,
      );
    }
    const rates = direction === 'inbound' ? inbound : outbound;
    const key = name as keyof Rates;
    if (value.value === 0) delete rates[key];
    else rates[key] = BigInt(value.value);
  }
  const hasIn = inbound.average !== undefined || inbound.floor !== undefined;
  const hasOut = outbound.average !== undefined;
  if (!hasIn && !hasOut) return undefined;
  return { ...(hasIn ? { inbound } : {}), ...(hasOut ? { outbound } : {}) };
}
