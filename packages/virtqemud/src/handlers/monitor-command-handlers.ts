import type { Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags } from '@modvirt/core/hypervisor';
import { domainQemuMonitorCommandFlags as flag } from '@modvirt/core/protocol/constants';
import type { qemuMonitor } from '@modvirt/core/protocol/rows';
import type { QemuDriver } from '../driver.js';
import type { Monitor } from '../monitor/monitor.js';
import { monitorFailure } from '../monitor/qmp-link.js';
import { taint } from '../process/taint.js';

/** Commands to QEMU past our own bookkeeping. */
export function monitorCommandHandlers(
  driver: QemuDriver,
): Pick<Handlers<typeof qemuMonitor>, 'domainMonitorCommand'> {
  return {
    async domainMonitorCommand({ dom, cmd, flags }, call) {
      checkFlags('virDomainQemuMonitorCommandWithFiles', flags, flag.hmp, 'QEMU');
      const domain = driver.domains.byRef(dom);
      const request = { kind: 'modify', owner: 'virDomainQemuMonitorCommand', signal: call.signal } as const;
      return domain.withLiveJob(request, async ({ runtime, signal }) => {
        await taint(driver, domain, 'custom-monitor');
        const isHuman = (flags & flag.hmp) !== 0;
        const { monitor } = runtime;
        const result = isHuman ? await human(monitor, cmd, signal) : await machine(monitor, cmd, signal);
        return { result };
      });
    },
  };
}

async function human(monitor: Monitor, command: string, signal: AbortSignal): Promise<string> {
  try {
    const args = { 'command-line': command };
    return String(await monitor.execute('human-monitor-command', args, signal));
  } catch (error) {
    throw monitorFailure(error);
  }
}

async function machine(monitor: Monitor, text: string, signal: AbortSignal): Promise<string> {
  const command = commandIn(text);
  if ('id' in command) throw VirError.of('INTERNAL_ERROR', "Unable to append command 'id' string");
  return withoutBlanks(await monitor.exchange(command, signal));
}

function commandIn(text: string): Readonly<Record<string, unknown>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw VirError.of('INTERNAL_ERROR', `cannot parse json ${text}: ${reason}`, { cause: error });
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
    return parsed as Readonly<Record<string, unknown>>;
  }
  throw VirError.of('INTERNAL_ERROR', `cannot parse json ${text}: a command is an object`);
}

/** The same document without the blanks between its parts: how libvirt hands answers on. Numbers keep all their digits. */
export function withoutBlanks(json: string): string {
  return json.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_all, text: string | undefined) => text ?? '');
}
