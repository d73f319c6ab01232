import type { Call } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { notRunning } from '@modvirt/core/hypervisor';
import type { QemuDriver } from '../driver.js';
import { monitorFailure } from '../monitor/qmp-link.js';
import { saveStatus } from '../status/status-file.js';
import { type AgentSession, hasAgent, withAgent } from './ask-agent.js';
import type { QemuDomain } from './qemu-domain.js';

/** How a guest is asked to end or to begin again. */
export interface OrderlyEnd {
  readonly api: string;
  readonly mode: 'powerdown' | 'reboot';
  readonly viaAcpi: boolean;
  readonly viaAgent: boolean;
}

/** How long the guest may take to begin its end after the agent took the command. */
const BEGIN_SECONDS = 60;

/** Asks the guest to end: its agent if there is one, else the power button, as the caller allows. */
export async function endOrderly(
  driver: QemuDriver,
  domain: QemuDomain,
  way: OrderlyEnd,
  call: Call,
): Promise<void> {
  const hasChoice = !way.viaAcpi && !way.viaAgent;
  if (way.viaAgent || (hasChoice && hasAgent(domain))) {
    try {
      await endByAgent(driver, domain, way, call);
      return;
    } catch (error) {
      if (way.viaAgent && !way.viaAcpi) throw error;
      if (!domain.isActive) return;
      driver.log.info('agent does not end the guest; trying the power button', {
        domain: domain.name,
        error,
      });
    }
  }
  await endByAcpi(driver, domain, way, call);
}

async function endByAcpi(driver: QemuDriver, domain: QemuDomain, way: OrderlyEnd, call: Call): Promise<void> {
  const request = { kind: 'modify', owner: way.api, signal: call.signal } as const;
  await domain.withLiveJob(request, async ({ runtime, signal }) => {
    // Nobody would notice the button.
    if (domain.state.state !== 'running') throw notRunning();
    runtime.fakeReboot = way.mode === 'reboot';
    try {
      await runtime.monitor.execute('system_powerdown', undefined, signal);
    } catch (error) {
      throw monitorFailure(error);
    }
    await saveStatus(driver, domain);
  });
}

function endByAgent(driver: QemuDriver, domain: QemuDomain, way: OrderlyEnd, call: Call): Promise<void> {
  return withAgent(driver, domain, way.api, call, async (session) => {
    if (domain.runtime !== undefined) domain.runtime.fakeReboot = false;
    await untilItBegins(domain, session, 'guest-shutdown', { mode: way.mode });
  });
}

/** Sends the guest to sleep by its agent. @param command one of the agent's `guest-suspend-…` */
export function suspendByAgent(
  driver: QemuDriver,
  domain: QemuDomain,
  command: string,
  call: Call,
): Promise<void> {
  return withAgent(driver, domain, 'virDomainPMSuspendForDuration', call, (session) =>
    untilItBegins(domain, session, command, undefined),
  );
}

// The agent answers these only when it refuses: what shows that it obeys is what the guest does.
async function untilItBegins(
  domain: QemuDomain,
  session: AgentSession,
  command: string,
  args: object | undefined,
): Promise<void> {
  const { runtime } = domain;
  const begun = new Promise<void>((resolve) => {
    if (runtime !== undefined) runtime.onEndBegun = resolve;
  });
  try {
    await Promise.race([begun, refusalOf(session, command, args)]);
  } finally {
    if (runtime !== undefined) runtime.onEndBegun = undefined;
    // A guest that goes does not answer any more.
    session.agent.close();
  }
}

/** A guest that goes takes the link with it: that is the answer too. */
async function refusalOf(session: AgentSession, command: string, args: object | undefined): Promise<void> {
  try {
    await session.agent.command(command, args, { timeout: BEGIN_SECONDS, signal: session.signal });
  } catch (error) {
    const isGone = error instanceof VirError && error.is('AGENT_UNRESPONSIVE') && session.agent.wasAsked;
    if (!isGone) throw error;
  }
}
