import type { Domain } from '@modvirt/core/schema';
import type { QemuDriver } from '../driver.js';
import { setBalloonPeriod } from '../monitor/balloon-queries.js';
import { MonitorError } from '../monitor/monitor.js';
import type { GuestRuntime } from './guest-runtime.js';
import type { QemuDomain } from './qemu-domain.js';

/** Tells the balloon how much memory the guest shall have, where that is less than it could. */
export async function applyBalloon(
  domain: QemuDomain,
  runtime: GuestRuntime,
  signal: AbortSignal,
): Promise<void> {
  const { live } = domain;
  if (
    live === undefined ||
    live.devices.memballoon?.model === 'none' ||
    live.devices.memballoon === undefined
  )
    return;
  if (live.currentMemory >= live.memory.sizeKiB) return;
  try {
    await runtime.monitor.execute('balloon', { value: live.currentMemory * 1024n }, signal);
  } catch (error) {
    if (!(error instanceof MonitorError)) throw error;
  }
}

/** Lets the balloon report as often as the definition says. */
export async function startBalloonReports(
  live: Domain,
  runtime: GuestRuntime,
  signal: AbortSignal,
): Promise<void> {
  const balloon = live.devices.memballoon;
  if (balloon?.alias === undefined || balloon.stats === undefined || balloon.model === 'none') return;
  await setBalloonPeriod(runtime.monitor, balloon.alias, Number(balloon.stats), signal);
}

/** The guest's balloon has changed: that is what the guest has now. */
export function noteBalloon(_driver: QemuDriver, domain: QemuDomain, actualKiB: bigint): void {
  const { live } = domain;
  if (live !== undefined) domain.setLive({ ...live, currentMemory: actualKiB as typeof live.currentMemory });
}
