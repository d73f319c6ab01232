import type { Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags } from '@modvirt/core/hypervisor';
import { stringParameter } from '@modvirt/core/protocol';
import type { domainAgent } from '@modvirt/core/protocol/rows';
import { formatNumberSet, parseNumberSet } from '@modvirt/core/schema';
import { field, list } from '../agent/replies.js';
import type { QemuDriver } from '../driver.js';
import { type AgentSession, withAgent } from '../process/ask-agent.js';

interface GuestVcpu {
  readonly id: number;
  readonly online: boolean;
  readonly canOffline: boolean;
}

/** Processors as the guest's agent sees them, and whether the guest uses them. */
export function guestVcpuHandlers(
  driver: QemuDriver,
): Pick<Handlers<typeof domainAgent>, 'domainGetGuestVcpus' | 'domainSetGuestVcpus'> {
  const { domains } = driver;
  return {
    async domainGetGuestVcpus({ dom, flags }, call) {
      checkFlags('virDomainGetGuestVcpus', flags, 0, 'QEMU');
      const vcpus = await withAgent(driver, domains.byRef(dom), 'virDomainGetGuestVcpus', call, readVcpus);
      const idsOf = (wanted: (it: GuestVcpu) => boolean): string =>
        formatNumberSet(
          vcpus
            .filter(wanted)
            .map((it) => it.id)
            .sort((one, other) => one - other),
        );
      return {
        params: [
          stringParameter(
            'vcpus',
            idsOf(() => true),
          ),
          stringParameter(
            'online',
            idsOf((it) => it.online),
          ),
          stringParameter(
            'offlinable',
            idsOf((it) => it.canOffline),
          ),
        ],
      };
    },
    async domainSetGuestVcpus({ dom, cpumap, state, flags }, call) {
      checkFlags('virDomainSetGuestVcpus', flags, 0, 'QEMU');
      if (state !== 0 && state !== 1) {
        throw VirError.of('INVALID_ARG', `unsupported state value '${state}'`);
      }
      const wanted = parseNumberSet(cpumap);
      if (wanted === undefined) throw VirError.of('INVALID_ARG', `Failed to parse bitmap '${cpumap}'`);
      await withAgent(driver, domains.byRef(dom), 'virDomainSetGuestVcpus', call, async (session) => {
        const known = new Map((await readVcpus(session)).map((it) => [it.id, it]));
        const missing = wanted.filter((id) => !known.has(id));
        if (missing.length > 0) {
          throw VirError.of('INVALID_ARG', `guest is missing vCPUs '${formatNumberSet(missing)}'`);
        }
        const fixed = state === 1 ? undefined : wanted.find((id) => known.get(id)?.canOffline !== true);
        if (fixed !== undefined) throw VirError.of('INVALID_ARG', `vCPU '${fixed}' is not offlinable`);
        await setVcpus(session, wanted, state === 1);
      });
    },
  };
}

async function readVcpus({ command }: AgentSession): Promise<readonly GuestVcpu[]> {
  return list(await command('guest-get-vcpus')).map((it) => ({
    id: Number(field(it, 'logical-id')),
    online: field(it, 'online') === true,
    canOffline: field(it, 'can-offline') === true,
  }));
}

/** The agent may stop in the middle; it says how many it has done, and is asked for the others. */
async function setVcpus({ command }: AgentSession, ids: readonly number[], online: boolean): Promise<void> {
  let left = ids;
  while (left.length > 0) {
    const vcpus = left.map((id) => ({ 'logical-id': id, online }));
    const done = Number(await command('guest-set-vcpus', { vcpus }));
    if (!(done > 0)) throw VirError.of('INTERNAL_ERROR', 'guest agent did not change any vCPU');
    left = left.slice(done);
  }
}
