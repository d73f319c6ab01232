import type { Call } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { notConnected } from '../agent/agent-link.js';
import { agentFailure, GuestAgent } from '../agent/guest-agent.js';
import type { QemuDriver } from '../driver.js';
import type { GuestRuntime } from './guest-runtime.js';
import { agentChannel } from './live-definition.js';
import type { QemuDomain } from './qemu-domain.js';

/** Asks the agent one command after the other. */
export interface AgentSession {
  /** @throws AgentError what the agent answered; VirError when it does not */
  command(command: string, args?: object): Promise<unknown>;
  readonly agent: GuestAgent;
  /** In seconds, or one of libvirt's special values. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/**
 * Runs `body` as the only one that talks with the guest's agent.
 *
 * @throws VirError OPERATION_INVALID, ARGUMENT_UNSUPPORTED (no channel for it), AGENT_UNRESPONSIVE
 */
export async function withAgent<T>(
  driver: QemuDriver,
  domain: QemuDomain,
  api: string,
  call: Call,
  body: (session: AgentSession) => Promise<T>,
): Promise<T> {
  const request = { kind: 'agent', owner: api, signal: call.signal } as const;
  return domain.withLiveJob(request, async ({ runtime, signal }) => {
    if (domain.state.state !== 'running') {
      throw VirError.of('OPERATION_INVALID', 'domain is not running', { domain: 'DOMAIN' });
    }
    const agent = reachAgent(driver, domain, runtime);
    const timeout = runtime.agentTimeout;
    const command: AgentSession['command'] = (name, args) => agent.command(name, args, { timeout, signal });
    try {
      return await body({ command, agent, timeout, signal });
    } catch (error) {
      throw agentFailure(error);
    }
  });
}

/** Whether a command could be sent now. */
export function hasAgent(domain: QemuDomain): boolean {
  return domain.runtime?.agentConnected === true;
}

function reachAgent(driver: QemuDriver, domain: QemuDomain, runtime: GuestRuntime): GuestAgent {
  const channel = domain.live === undefined ? undefined : agentChannel(domain.live);
  const path = channel?.type === 'unix' ? channel.source?.path : undefined;
  if (path === undefined) throw VirError.of('ARGUMENT_UNSUPPORTED', 'QEMU guest agent is not configured');
  if (!runtime.agentConnected) throw notConnected();
  runtime.agent ??= new GuestAgent({
    clock: driver.clock,
    connect: (signal) => driver.parts.consoles.connect(path, signal),
  });
  return runtime.agent;
}
