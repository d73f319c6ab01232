import type { Domain } from '@modvirt/core/schema';
import { capabilityMask } from './capabilities.js';
import { type ContainerPlan, FIRST_NAMESPACE, type PlanStep } from './container-plan.js';
import { COMMON_DEVICES, deviceSteps } from './devices.js';
import { filesystemSteps, innerFilesystems, rootFilesystem, rootSteps } from './filesystems.js';
import { allowedDevice, type HostDevice, nodeStep } from './host-devices.js';
import { type MappedIds, mapIds } from './idmap.js';
import { initEnvironment } from './init.js';
import { GUARDED, mountFlag } from './mount-flags.js';
import { type FindInit, planNamespaces } from './namespaces.js';

/** What of the host a plan depends on. */
export interface PlanFacts {
  /** An empty directory that the container's root is put together at. */
  readonly rootDirectory: string;
  /** Devices of the host that the definition names, as they were found. */
  readonly hostDevices: readonly HostDevice[];
  /** Where hierarchies of control groups are mounted. */
  readonly cgroupMounts: readonly string[];
  /** The container's group below each, before and after the supervisor's number. */
  readonly cgroupPath: readonly [before: string, after: string];
  readonly findInit: FindInit;
}

/** @throws VirError for what a container cannot be */
export function planContainer(domain: Domain, facts: PlanFacts): ContainerPlan {
  const ids = mapIds(domain.idmap);
  const namespaces = planNamespaces(domain, facts.findInit);
  const { devices } = domain;
  const consoleCount = devices.consoles.length;
  const root = rootFilesystem(devices.filesystems);
  const steps: PlanStep[] = [
    ['root', facts.rootDirectory, ids.rootUid, ids.rootGid],
    ...rootSteps(root),
    ['enter-root'],
    ...deviceSteps(consoleCount, ids.terminalGid),
    ...facts.hostDevices.map(nodeStep),
    ...innerFilesystems(devices.filesystems).flatMap(filesystemSteps),
    ['clone', namespaces.cloneFlags, ids.uidMap, ids.gidMap],
    ['start'],
    ...namespaces.shared.map((_it, index): PlanStep => ['join', FIRST_NAMESPACE + index]),
    ...childSteps(domain, facts, ids),
  ];
  return {
    rootDirectory: facts.rootDirectory,
    steps,
    consoleCount,
    devices: [...COMMON_DEVICES, ...facts.hostDevices.map(allowedDevice)],
    namespaces: namespaces.shared,
    hasOwnNetwork: namespaces.hasOwnNetwork,
  };
}

/** What the container's first process does before it becomes the definition's init. */
function childSteps(domain: Domain, facts: PlanFacts, ids: MappedIds): readonly PlanStep[] {
  const { os, features } = domain;
  const readonlyMount = mountFlag.readonly | GUARDED;
  return [
    ['own-root'],
    ...(ids.uidMap === '' ? [] : [['become-root'] as const]),
    ['mount', 'proc', '/proc', 'proc', GUARDED, ''],
    ['bind-inside', '/proc/sys', '/proc/sys', readonlyMount],
    ['sysfs', readonlyMount],
    ...cgroupSteps(facts),
    ['pivot'],
    ...(os.initdir === undefined ? [] : [['init-directory', os.initdir] as const]),
    ['capabilities', capabilityMask(features?.capabilities)],
    ...(os.inituser === undefined && os.initgroup === undefined
      ? []
      : [['user', os.inituser ?? '', os.initgroup ?? ''] as const]),
    ['run'],
    ['env', ...initEnvironment(domain)],
    ['argv', os.init ?? '', ...os.initargs.map((it) => it.value)],
  ];
}

/** The container sees its own group as the root of each hierarchy. */
function cgroupSteps({ cgroupMounts, cgroupPath }: PlanFacts): readonly PlanStep[] {
  const [before, after] = cgroupPath;
  const [first] = cgroupMounts;
  if (first === undefined) return [];
  const base = '/sys/fs/cgroup';
  if (cgroupMounts.length === 1 && first === base) {
    return [['bind-group', `${first}${before}`, after, base]];
  }
  return [
    ['mount', 'tmpfs', base, 'tmpfs', GUARDED, 'mode=755,size=65536'],
    ...cgroupMounts.map((mount): PlanStep => ['bind-group', `${mount}${before}`, after, mount]),
  ];
}
