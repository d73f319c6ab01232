import { logTimestamp } from '@modvirt/core/hypervisor';
import type { QemuDriver } from '../driver.js';
import { saveStatus } from '../status/status-file.js';
import type { QemuDomain } from './qemu-domain.js';
import type { Taint } from './taints.js';

/** Notes that a guest is tainted, for good: in its status, its log and ours. */
export async function taint(driver: QemuDriver, domain: QemuDomain, what: Taint): Promise<void> {
  const { runtime, name, id } = domain;
  if (runtime === undefined || runtime.taints.has(what)) return;
  runtime.taints.add(what);
  driver.log.warn('domain is tainted', { domain: name, id, taint: what });
  const stamp = logTimestamp(driver.clock.now());
  await driver.parts.guestLogs.write(name, `${stamp}: Domain id=${id} is tainted: ${what}\n`);
  await saveStatus(driver, domain);
}
