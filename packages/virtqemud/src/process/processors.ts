import type { DomainState } from '@modvirt/core/hypervisor';
import type { QemuDriver } from '../driver.js';
import { monitorFailure } from '../monitor/qmp-link.js';
import { saveStatus } from '../status/status-file.js';
import type { GuestRuntime } from './guest-runtime.js';
import type { QemuDomain } from './qemu-domain.js';

type Paused = Extract<DomainState, { state: 'paused' }>['reason'];
type Running = Extract<DomainState, { state: 'running' }>['reason'];

/** Lets a guest's processors stand still, and tells everybody. @throws VirError what QEMU says; then it runs on */
export async function stopProcessors(
  driver: QemuDriver,
  domain: QemuDomain,
  runtime: GuestRuntime,
  reason: Paused,
): Promise<void> {
  const before = domain.state;
  domain.setState({ state: 'paused', reason });
  try {
    await runtime.monitor.execute('stop');
  } catch (error) {
    if (domain.runtime === runtime) domain.setState(before);
    throw monitorFailure(error);
  }
  driver.notifier.lifecycle(domain.reference, 'suspended', 'paused');
  await saveStatus(driver, domain);
}

/** Lets them run again, and tells everybody. @throws VirError what QEMU says; then they stand still */
export async function startProcessors(
  driver: QemuDriver,
  domain: QemuDomain,
  runtime: GuestRuntime,
  reason: Running,
): Promise<void> {
  const before = domain.state;
  domain.setState({ state: 'running', reason });
  try {
    await runtime.monitor.execute('cont');
  } catch (error) {
    if (domain.runtime === runtime) domain.setState(before);
    throw monitorFailure(error);
  }
  const detail = reason === 'restored' || reason === 'from snapshot' ? 'from snapshot' : 'unpaused';
  driver.notifier.lifecycle(domain.reference, 'resumed', detail);
  await saveStatus(driver, domain);
}
