import {
  type Cgroup,
  confineDevices,
  limitProcesses,
  setBlockWeight,
  setCpuPeriod,
  setCpuQuota,
  setCpuShares,
  setCpuset,
  setMemoryLimit,
  throttleDevice,
} from '@modvirt/core/hypervisor';
import { type Domain, formatNumberSet } from '@modvirt/core/schema';
import type { LxcDriver } from '../driver.js';
import type { AllowedDevice } from '../plan/container-plan.js';

/** More than any container needs, and less than would keep the host from starting anything. */
const MOST_PROCESSES = 16_384;

/** Sets the limits of a container that is being made. */
export async function applyLimits(
  driver: LxcDriver,
  group: Cgroup,
  domain: Domain,
  devices: readonly AllowedDevice[],
): Promise<void> {
  await applyCpu(group, domain);
  await applyMemory(group, domain);
  await applyBlock(driver, group, domain);
  await limitProcesses(group, MOST_PROCESSES);
  await confineDevices(group, devices);
}

async function applyCpu(group: Cgroup, { cputune, vcpu, numatune }: Domain): Promise<void> {
  if (cputune?.shares !== undefined) await setCpuShares(group, cputune.shares);
  if (cputune?.period !== undefined) await setCpuPeriod(group, cputune.period);
  if (cputune?.quota !== undefined) await setCpuQuota(group, cputune.quota);
  const cpus = vcpu.cpuset === undefined ? undefined : formatNumberSet(vcpu.cpuset);
  const nodes = numatune?.memory?.nodeset;
  const mems = nodes === undefined ? undefined : formatNumberSet(nodes);
  if (cpus !== undefined || mems !== undefined) await setCpuset(group, { cpus, mems });
}

/** A container has the memory that its definition names, unless a limit of its own says otherwise. */
async function applyMemory(group: Cgroup, { memory, memtune }: Domain): Promise<void> {
  if (group.place('memory') === undefined) return;
  await setMemoryLimit(group, 'hard', memtune?.hard_limit ?? memory.sizeKiB);
  if (memtune?.soft_limit !== undefined) await setMemoryLimit(group, 'soft', memtune.soft_limit);
  if (memtune?.swap_hard_limit !== undefined)
    await setMemoryLimit(group, 'swapHard', memtune.swap_hard_limit);
}

/** Shares and limits of what the container does with block devices. */
export async function applyBlock(driver: LxcDriver, group: Cgroup, { blkiotune }: Domain): Promise<void> {
  if (blkiotune?.weight !== undefined) await setBlockWeight(group, blkiotune.weight);
  for (const it of blkiotune?.devices ?? []) {
    const found = await driver.parts.files.info(it.path, { follow: true });
    if (found?.deviceNumber === undefined) continue;
    await throttleDevice(
      group,
      { type: 'b', ...found.deviceNumber },
      {
        ...(it.read_bytes_sec === undefined ? {} : { readBytes: it.read_bytes_sec }),
        ...(it.write_bytes_sec === undefined ? {} : { writeBytes: it.write_bytes_sec }),
        ...(it.read_iops_sec === undefined ? {} : { readOperations: BigInt(it.read_iops_sec) }),
        ...(it.write_iops_sec === undefined ? {} : { writeOperations: BigInt(it.write_iops_sec) }),
      },
    );
  }
}
