import type { QemuDriver } from '../driver.js';
import { agentChannel } from './live-definition.js';
import type { QemuDomain } from './qemu-domain.js';

const STATES = { connected: 1, disconnected: 2 } as const;
const REASONS = { 'domain started': 1, channel: 2 } as const;

/** Tells whether a guest's agent is there. Says nothing for a guest without a channel for it. */
export function agentStateChanged(
  driver: QemuDriver,
  domain: QemuDomain,
  reason: keyof typeof REASONS,
): void {
  const { live, runtime } = domain;
  if (live === undefined || runtime === undefined || agentChannel(live) === undefined) return;
  driver.notifier.emit('domainAgentLifecycle', domain.reference, {
    state: runtime.agentConnected ? STATES.connected : STATES.disconnected,
    reason: REASONS[reason],
  });
}
