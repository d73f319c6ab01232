import { Cgroup, escapePart, partitionPath } from '@modvirt/core/hypervisor';
import type { Domain } from '@modvirt/core/schema';
import type { LxcDriver } from '../driver.js';

/** Where containers are that name no place. */
export const DEFAULT_PARTITION = '/machine';
const MAX_NAME = 64;

/** Where libvirt has a container's control group: before and after the number of its supervisor. */
export function groupPath(domain: Domain): readonly [before: string, after: string] {
  const partition = partitionPath(domain.resource?.partition ?? DEFAULT_PARTITION);
  return [`${partition}/lxc-`, `-${machineName(domain.name)}.libvirt-lxc`];
}

/** The name as others who look after machines take it. */
function machineName(name: string): string {
  return name
    .replace(/[^A-Za-z0-9.-]/g, '')
    .replace(/\.{2,}/g, '.')
    .replace(/^\./, '')
    .slice(0, MAX_NAME);
}

export function groupOf({ parts }: LxcDriver, domain: Domain, supervisorPid: number): Cgroup {
  const [before, after] = groupPath(domain);
  return new Cgroup(parts.kernel, parts.layout, escapedPath(`${before}${supervisorPid}${after}`));
}

function escapedPath(path: string): string {
  const at = path.lastIndexOf('/');
  return `${path.slice(0, at)}/${escapePart(path.slice(at + 1))}`;
}

/** With the partition that it is in, as a definition that runs says it. */
export function withPartition(domain: Domain): Domain {
  return {
    ...domain,
    resource: { ...domain.resource, partition: domain.resource?.partition ?? DEFAULT_PARTITION },
  };
}
