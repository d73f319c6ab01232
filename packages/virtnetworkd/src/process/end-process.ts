import { type Process, withDeadline } from '@modvirt/core/ports';
import type { NetworkDriverParts } from '../driver.js';

/** How long dnsmasq may take to end when it is asked to. */
const END_MS = 3000;

/** Asks dnsmasq to end, and makes it when it does not. */
export async function endProcess(
  { clock, log }: Pick<NetworkDriverParts, 'clock' | 'log'>,
  process: Process,
): Promise<void> {
  if (!process.kill('SIGTERM')) return;
  const deadline = { what: `the end of dnsmasq ${process.pid}`, timeoutMs: END_MS };
  try {
    await withDeadline(clock, deadline, () => process.exited);
  } catch (error) {
    log.warn('dnsmasq does not end and is killed', { pid: process.pid, error });
    process.kill('SIGKILL');
  }
}
