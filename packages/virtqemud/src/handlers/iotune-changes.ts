import { VirError } from '@modvirt/core/errors';
import {
  type ParameterTypes,
  type ParameterValues,
  readParameters,
  type TypedParameter,
} from '@modvirt/core/protocol';
import type { Disk } from '@modvirt/core/schema';

type Iotune = NonNullable<Disk['iotune']>;

const TYPES = {
  total_bytes_sec: 'ullong',
  read_bytes_sec: 'ullong',
  write_bytes_sec: 'ullong',
  total_iops_sec: 'ullong',
  read_iops_sec: 'ullong',
  write_iops_sec: 'ullong',
  total_bytes_sec_max: 'ullong',
  read_bytes_sec_max: 'ullong',
  write_bytes_sec_max: 'ullong',
  total_iops_sec_max: 'ullong',
  read_iops_sec_max: 'ullong',
  write_iops_sec_max: 'ullong',
  size_iops_sec: 'ullong',
  group_name: 'string',
  total_bytes_sec_max_length: 'ullong',
  read_bytes_sec_max_length: 'ullong',
  write_bytes_sec_max_length: 'ullong',
  total_iops_sec_max_length: 'ullong',
  read_iops_sec_max_length: 'ullong',
  write_iops_sec_max_length: 'ullong',
} as const satisfies ParameterTypes;

/** Either one limit for reading and writing together, or one for each. */
const KINDS = ['bytes_sec', 'iops_sec', 'bytes_sec_max', 'iops_sec_max'] as const;

/**
 * Limits as they are after a change. A limit for both ways takes the place of those for each, and the other way round.
 *
 * @throws VirError INVALID_ARG when both forms are asked for at once
 */
export function changedIotune(before: Iotune | undefined, params: readonly TypedParameter[]): Iotune {
  const values: ParameterValues<typeof TYPES> = readParameters(params, TYPES, 'QEMU');
  const limits: Record<string, bigint | string> = { ...before, ...values };
  for (const kind of KINDS) {
    const total = values[`total_${kind}`] ?? 0n;
    const single = (values[`read_${kind}`] ?? 0n) + (values[`write_${kind}`] ?? 0n);
    if (total > 0n && single > 0n) {
      throw VirError.of('INVALID_ARG', `total and read/write of ${kind} cannot be set at the same time`);
    }
    if (total > 0n) {
      delete limits[`read_${kind}`];
      delete limits[`write_${kind}`];
    } else if (single > 0n) delete limits[`total_${kind}`];
  }
  const set = Object.entries(limits).filter(([, value]) => value !== 0n);
  return Object.fromEntries(set);
}
