import type { Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags } from '@modvirt/core/hypervisor';
import type { qemuMonitor } from '@modvirt/core/protocol/rows';
import { throwRefusal } from '../agent/guest-agent.js';
import { field } from '../agent/replies.js';
import type { QemuDriver } from '../driver.js';
import { withAgent } from '../process/ask-agent.js';
import { taint } from '../process/taint.js';
import { checkAgentTimeout } from './domain-agent-handlers.js';
import { monitorCommandHandlers } from './monitor-command-handlers.js';

/** The QEMU program: past the daemon's own bookkeeping. */
export function qemuMonitorHandlers(driver: QemuDriver): Handlers<typeof qemuMonitor> {
  return {
    ...monitorCommandHandlers(driver),
    async domainAgentCommand({ dom, cmd, timeout, flags }, call) {
      checkFlags('virDomainQemuAgentCommand', flags, 0, 'QEMU');
      checkAgentTimeout(timeout);
      const command = commandIn(cmd);
      const domain = driver.domains.byRef(dom);
      const answer = await withAgent(
        driver,
        domain,
        'virDomainQemuAgentCommand',
        call,
        async ({ agent, signal }) => {
          await taint(driver, domain, 'custom-ga-command');
          const reply = await agent.exchange(cmd.replaceAll('\n', ' '), { timeout, signal });
          throwRefusal(command, reply);
          return reply;
        },
      );
      return { result: JSON.stringify(answer) };
    },
  };
}

/** @throws VirError INTERNAL_ERROR when it is no JSON */
function commandIn(text: string): string {
  try {
    return String(field(JSON.parse(text), 'execute') ?? '');
  } catch (error) {
    throw VirError.of('INTERNAL_ERROR', `cannot parse json ${text}: ${String(error)}`);
  }
}
