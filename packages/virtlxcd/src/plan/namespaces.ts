import type { Domain } from '@modvirt/core/schema';
import type { SharedNamespace } from './container-plan.js';

/** Of clone(2). */
const CLONE = {
  mounts: 0x0002_0000n,
  uts: 0x0400_0000n,
  ipc: 0x0800_0000n,
  users: 0x1000_0000n,
  processes: 0x2000_0000n,
  network: 0x4000_0000n,
} as const;

type Shared = NonNullable<Domain['lxcNamespace']>['sharenet'];

/** The process of another container, by its name. @throws VirError when it does not run */
export type FindInit = (name: string) => number;

export interface NamespacePlan {
  readonly cloneFlags: bigint;
  readonly shared: readonly SharedNamespace[];
  readonly hasOwnNetwork: boolean;
}

/** Which namespaces the container has for itself and which with others. */
export function planNamespaces(domain: Domain, findInit: FindInit): NamespacePlan {
  const { sharenet, shareipc, shareuts } = domain.lxcNamespace ?? {};
  const shared = [
    ...sharedNamespace('net', sharenet, findInit),
    ...sharedNamespace('ipc', shareipc, findInit),
    ...sharedNamespace('uts', shareuts, findInit),
  ];
  const has = (kind: SharedNamespace['kind']): boolean => shared.some((it) => it.kind === kind);
  const hasOwnNetwork = !has('net') && needsNetwork(domain);
  const hasUsers = (domain.idmap?.uids.length ?? 0) > 0;
  const cloneFlags =
    CLONE.mounts |
    CLONE.processes |
    (has('uts') ? 0n : CLONE.uts) |
    (has('ipc') ? 0n : CLONE.ipc) |
    (hasUsers ? CLONE.users : 0n) |
    (hasOwnNetwork ? CLONE.network : 0n);
  return { cloneFlags, shared, hasOwnNetwork };
}

function needsNetwork({ features, devices }: Domain): boolean {
  if (features?.privnet === true) return true;
  if (devices.interfaces.length > 0) return true;
  return devices.hostdevs.some((it) => it.mode === 'capabilities' && it.type === 'net');
}

function sharedNamespace(
  kind: SharedNamespace['kind'],
  shared: Shared,
  findInit: FindInit,
): readonly SharedNamespace[] {
  switch (shared?.type) {
    case undefined:
    case 'none':
      return [];
    case 'netns':
      return [{ kind, path: `/run/netns/${shared.value}` }];
    case 'pid':
      return [{ kind, path: `/proc/${shared.value}/ns/${kind}` }];
    case 'name':
      return [{ kind, path: `/proc/${findInit(shared.value)}/ns/${kind}` }];
  }
}
