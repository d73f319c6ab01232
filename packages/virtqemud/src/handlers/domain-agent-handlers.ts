import type { Call, Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags, exclusiveFlags } from '@modvirt/core/hypervisor';
import {
  domainAgentResponseTimeout,
  domainAuthorizedSSHKeysSetFlags,
  domainGetHostnameFlags,
  domainSetTimeFlags,
  domainSetUserPasswordFlags,
} from '@modvirt/core/protocol/constants';
import type { domainAgent } from '@modvirt/core/protocol/rows';
import { agentFileSystem, aliasOfDisk } from '../agent/guest-disks.js';
import { field, list, text } from '../agent/replies.js';
import type { QemuDriver } from '../driver.js';
import { monitorFailure } from '../monitor/qmp-link.js';
import { isX86 } from '../plan/definition/machine.js';
import { type AgentSession, withAgent } from '../process/ask-agent.js';
import type { QemuDomain } from '../process/qemu-domain.js';
import { guestInfo } from './agent-guest-info.js';
import { guestVcpuHandlers } from './agent-vcpus.js';
import { interfaceAddresses } from './interface-addresses.js';

/** What the agent inside a guest does or knows. */
export function domainAgentHandlers(driver: QemuDriver): Handlers<typeof domainAgent> {
  const { domains } = driver;
  const ask = <T>(domain: QemuDomain, api: string, call: Call, body: (it: AgentSession) => Promise<T>) =>
    withAgent(driver, domain, api, call, body);
  return {
    ...guestVcpuHandlers(driver),
    ...clockHandlers(driver),
    ...fileSystemHandlers(driver),
    async domainGetHostname({ dom, flags }, call) {
      const api = 'virDomainGetHostname';
      const { lease, agent } = domainGetHostnameFlags;
      checkFlags(api, flags, lease | agent, 'QEMU');
      exclusiveFlags(
        api,
        flags,
        ['VIR_DOMAIN_GET_HOSTNAME_LEASE', lease],
        ['VIR_DOMAIN_GET_HOSTNAME_AGENT', agent],
      );
      const domain = domains.byRef(dom);
      if ((flags & lease) !== 0)
        throw VirError.of('NO_HOSTNAME', `no hostname found for domain ${domain.name}`);
      const hostname = await ask(domain, api, call, async ({ command }) =>
        text(await command('guest-get-host-name'), 'host-name'),
      );
      return { hostname };
    },
    async domainGetGuestInfo({ dom, types, flags }, call) {
      checkFlags('virDomainGetGuestInfo', flags, 0, 'QEMU');
      const domain = domains.byRef(dom);
      const params = await ask(domain, 'virDomainGetGuestInfo', call, (session) =>
        guestInfo(session, domain.current, types),
      );
      return { params };
    },
    domainInterfaceAddresses: async ({ dom, source, flags }, call) => ({
      ifaces: await interfaceAddresses(driver, domains.byRef(dom), { source, flags }, call),
    }),
    async domainSetUserPassword({ dom, user, password, flags }, call) {
      const { encrypted } = domainSetUserPasswordFlags;
      checkFlags('virDomainSetUserPassword', flags, encrypted, 'QEMU');
      await ask(domains.byRef(dom), 'virDomainSetUserPassword', call, ({ command }) =>
        command('guest-set-user-password', {
          username: user ?? '',
          password: Buffer.from(password ?? '', 'utf8').toString('base64'),
          crypted: (flags & encrypted) !== 0,
        }),
      );
    },
    async domainAuthorizedSshKeysGet({ dom, user, flags }, call) {
      checkFlags('virDomainAuthorizedSSHKeysGet', flags, 0, 'QEMU');
      const reply = await ask(domains.byRef(dom), 'virDomainAuthorizedSSHKeysGet', call, ({ command }) =>
        command('guest-ssh-get-authorized-keys', { username: user }),
      );
      return { keys: list(field(reply, 'keys')).map(String) };
    },
    async domainAuthorizedSshKeysSet({ dom, user, keys, flags }, call) {
      const { append, remove } = domainAuthorizedSSHKeysSetFlags;
      checkFlags('virDomainAuthorizedSSHKeysSet', flags, append | remove, 'QEMU');
      const isRemoval = (flags & remove) !== 0;
      await ask(domains.byRef(dom), 'virDomainAuthorizedSSHKeysSet', call, ({ command }) =>
        isRemoval
          ? command('guest-ssh-remove-authorized-keys', { username: user, keys })
          : command('guest-ssh-add-authorized-keys', { username: user, keys, reset: (flags & append) === 0 }),
      );
    },
    domainAgentSetResponseTimeout({ dom, timeout, flags }) {
      checkFlags('virDomainAgentSetResponseTimeout', flags, 0, 'QEMU');
      checkAgentTimeout(timeout);
      const domain = domains.byRef(dom);
      driver.agentTimeouts.set(domain, timeout);
      if (domain.runtime !== undefined) domain.runtime.agentTimeout = timeout;
      return { result: 0 };
    },
  };
}

/** @throws VirError INVALID_ARG for what is neither seconds nor a special value */
export function checkAgentTimeout(timeout: number): void {
  const { block } = domainAgentResponseTimeout;
  if (timeout >= block) return;
  const detail = `guest agent timeout '${timeout}' is less than the minimum '${block}'`;
  throw VirError.of('INVALID_ARG', detail);
}

const NANOSECONDS = 1_000_000_000n;

function clockHandlers(
  driver: QemuDriver,
): Pick<Handlers<typeof domainAgent>, 'domainGetTime' | 'domainSetTime'> {
  const { domains } = driver;
  return {
    async domainGetTime({ dom, flags }, call) {
      checkFlags('virDomainGetTime', flags, 0, 'QEMU');
      const reply = await withAgent(driver, domains.byRef(dom), 'virDomainGetTime', call, ({ command }) =>
        command('guest-get-time'),
      );
      const time = typeof reply === 'number' ? BigInt(Math.trunc(reply)) : 0n;
      return { seconds: time / NANOSECONDS, nseconds: Number(time % NANOSECONDS) };
    },
    async domainSetTime({ dom, seconds, nseconds, flags }, call) {
      const { sync } = domainSetTimeFlags;
      checkFlags('virDomainSetTime', flags, sync, 'QEMU');
      const domain = domains.byRef(dom);
      requireTickReset(domain);
      const time = seconds * NANOSECONDS + BigInt(nseconds);
      await withAgent(driver, domain, 'virDomainSetTime', call, ({ command }) =>
        command('guest-set-time', (flags & sync) === 0 ? { time } : undefined),
      );
      await forgetMissedTicks(domain, call);
    },
  };
}

/** @throws VirError for a guest of which nobody knows whether its clock would go on with missed ticks */
function requireTickReset({ current, runtime }: QemuDomain): void {
  if (!isX86(current) || runtime?.capabilityFlags.includes('rtc-reset-reinjection') === true) return;
  throw VirError.of(
    'OPERATION_UNSUPPORTED',
    "cannot set time: qemu doesn't support rtc-reset-reinjection command",
  );
}

/** Ticks that the guest missed are in the clock now: they must not be delivered as well. */
async function forgetMissedTicks(domain: QemuDomain, call: Call): Promise<void> {
  const request = { kind: 'modify', owner: 'virDomainSetTime', signal: call.signal } as const;
  await domain.withLiveJob(request, async ({ runtime, signal }) => {
    if (!runtime.capabilityFlags.includes('rtc-reset-reinjection')) return;
    try {
      await runtime.monitor.execute('rtc-reset-reinjection', undefined, signal);
    } catch (error) {
      throw monitorFailure(error);
    }
  });
}

function fileSystemHandlers(
  driver: QemuDriver,
): Pick<
  Handlers<typeof domainAgent>,
  'domainFsfreeze' | 'domainFsthaw' | 'domainFstrim' | 'domainGetFsinfo'
> {
  const { domains } = driver;
  return {
    async domainFsfreeze({ dom, mountpoints, flags }, call) {
      checkFlags('virDomainFSFreeze', flags, 0, 'QEMU');
      const reply = await withAgent(driver, domains.byRef(dom), 'virDomainFSFreeze', call, ({ command }) =>
        mountpoints.length === 0
          ? command('guest-fsfreeze-freeze')
          : command('guest-fsfreeze-freeze-list', { mountpoints }),
      );
      return { filesystems: Number(reply) };
    },
    async domainFsthaw({ dom, mountpoints, flags }, call) {
      checkFlags('virDomainFSThaw', flags, 0, 'QEMU');
      if (mountpoints.length > 0) {
        throw VirError.of('OPERATION_UNSUPPORTED', 'specifying mountpoints is not supported');
      }
      const reply = await withAgent(driver, domains.byRef(dom), 'virDomainFSThaw', call, ({ command }) =>
        command('guest-fsfreeze-thaw'),
      );
      return { filesystems: Number(reply) };
    },
    async domainFstrim({ dom, mountPoint, minimum, flags }, call) {
      checkFlags('virDomainFSTrim', flags, 0, 'QEMU');
      if (mountPoint !== null) {
        throw VirError.of('OPERATION_UNSUPPORTED', 'Specifying mount point is not supported for now');
      }
      await withAgent(driver, domains.byRef(dom), 'virDomainFSTrim', call, ({ command }) =>
        command('guest-fstrim', { minimum }),
      );
    },
    async domainGetFsinfo({ dom, flags }, call) {
      checkFlags('virDomainGetFSInfo', flags, 0, 'QEMU');
      const domain = domains.byRef(dom);
      const reply = await withAgent(driver, domain, 'virDomainGetFSInfo', call, ({ command }) =>
        command('guest-get-fsinfo'),
      );
      const info = list(reply)
        .map(agentFileSystem)
        .map((fs) => ({
          mountpoint: fs.mountpoint,
          name: fs.name,
          fstype: fs.type,
          devAliases: fs.disks
            .map((disk) => aliasOfDisk(disk, domain.current))
            .filter((alias) => alias !== undefined),
        }));
      return { info, ret: info.length };
    },
  };
}
