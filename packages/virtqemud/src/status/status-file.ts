import { domainFileHeader } from '@modvirt/core/hypervisor';
import type { Files } from '@modvirt/core/ports';
import type { DriverPaths } from '@modvirt/core/uri';
import type { QemuDomain } from '../process/qemu-domain.js';
import { formatDomainStatus } from './domain-status.js';

/** Everything about a guest that must survive us, as libvirt writes it: `<domstatus>`. */
export function formatStatus(domain: QemuDomain): string {
  const { runtime, live, state } = domain;
  if (runtime === undefined || live === undefined) throw new Error(`domain ${domain.name} has no status`);
  return formatDomainStatus({
    deprecations: [],
    allowReboot: true,
    nodename: 0n,
    fdset: 0,
    ...runtime.carried,
    state: state.state,
    reason: state.reason,
    pid: runtime.process.pid,
    taints: [...runtime.taints].map((flag) => ({ flag })),
    monitor: { path: runtime.monitorPath, type: 'unix' },
    vcpus: runtime.vcpuThreads.map(({ id, threadId }) => ({ id, pid: threadId })),
    qemuCaps: runtime.capabilityFlags.map((name) => ({ name })),
    ...(runtime.longJob === undefined ? {} : { job: jobOf(runtime.longJob) }),
    ...(runtime.fakeReboot ? { fakereboot: true } : {}),
    devices: runtime.deviceAliases.map((alias) => ({ alias })),
    libDir: runtime.privateDirectory,
    channelTargetDir: runtime.channelDirectory,
    blockjobs: { active: false, jobs: [] },
    agentTimeout: runtime.agentTimeout,
    domain: { ...live, id: domain.id },
  });
}

/** What is being done to the guest, for a later run of the daemon, which must end it. */
function jobOf(async: 'save' | 'dump') {
  return { type: 'none', async, phase: 'none', flags: 0, asyncStarted: 0n, disks: [] } as const;
}

/** Whoever keeps status files: a driver. */
export interface StatusKeeper {
  readonly parts: { readonly files: Files; readonly paths: DriverPaths };
}

/** Writes the status of a guest that runs; does nothing for one that has ended meanwhile. */
export async function saveStatus(driver: StatusKeeper, domain: QemuDomain): Promise<void> {
  if (domain.runtime === undefined || domain.live === undefined) return;
  const { files, paths } = driver.parts;
  const text = domainFileHeader(domain.name, domain.uuid) + formatStatus(domain);
  await files.ensureDirectory(paths.state, { mode: 0o755 });
  await files.replace(`${paths.state}/${domain.name}.xml`, text, { mode: 0o600 });
}
