import type { Assembly } from '../assembly.js';
import type { Props } from './json.js';

type Group = Assembly['domain']['throttlegroups'][number];

/** Limits that several disks share. */
export function addThrottleGroups(to: Assembly): void {
  for (const group of to.domain.throttlegroups) {
    to.out.object({
      'qom-type': 'throttle-group',
      id: `throttle-${group.group_name ?? ''}`,
      limits: limits(group),
    });
  }
}

function limits(group: Group): Props {
  return {
    'bps-total': group.total_bytes_sec ?? 0n,
    'bps-read': group.read_bytes_sec ?? 0n,
    'bps-write': group.write_bytes_sec ?? 0n,
    'iops-total': group.total_iops_sec ?? 0n,
    'iops-read': group.read_iops_sec ?? 0n,
    'iops-write': group.write_iops_sec ?? 0n,
    'bps-total-max': group.total_bytes_sec_max ?? 0n,
    'bps-read-max': group.read_bytes_sec_max ?? 0n,
    'bps-write-max': group.write_bytes_sec_max ?? 0n,
    'iops-total-max': group.total_iops_sec_max ?? 0n,
    'iops-read-max': group.read_iops_sec_max ?? 0n,
    'iops-write-max': group.write_iops_sec_max ?? 0n,
    'iops-size': group.size_iops_sec ?? 0n,
    'bps-total-max-length': group.total_bytes_sec_max_length,
    'bps-read-max-length': group.read_bytes_sec_max_length,
    'bps-write-max-length': group.write_bytes_sec_max_length,
    'iops-total-max-length': group.total_iops_sec_max_length,
    'iops-read-max-length': group.read_iops_sec_max_length,
    'iops-write-max-length': group.write_iops_sec_max_length,
  };
}
