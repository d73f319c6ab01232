import type { Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags, HeldDevices } from '@modvirt/core/hypervisor';
import { domainConsoleFlags } from '@modvirt/core/protocol/constants';
import type { domainDevices } from '@modvirt/core/protocol/rows';
import type { LxcDriver } from '../driver.js';

/** Consoles of containers as streams of their clients. */
export function consoleHandlers(
  driver: LxcDriver,
): Pick<Handlers<typeof domainDevices>, 'domainOpenConsole'> {
  const held = new HeldDevices();
  return {
    async domainOpenConsole({ dom, devName, flags }, call) {
      const { force } = domainConsoleFlags;
      checkFlags('virDomainOpenConsole', flags, 0, driver.errorDomain);
      const { live } = driver.domains.byRef(dom);
      if (live === undefined) {
        throw VirError.of('OPERATION_INVALID', 'domain is not running', { domain: 'DOMAIN' });
      }
      const { consoles, serials } = live.devices;
      const found =
        devName === null ? consoles[0] : [...consoles, ...serials].find((it) => it.alias === devName);
      if (found === undefined) {
        throw VirError.of('INTERNAL_ERROR', `cannot find console device '${devName ?? 'default'}'`);
      }
      const path = found.type === 'pty' ? found.source?.path : undefined;
      if (path === undefined) {
        throw VirError.of('INTERNAL_ERROR', `character device ${devName ?? '(null)'} is not using a PTY`);
      }
      await held.open(call, {
        path,
        force: (flags & force) !== 0,
        busy: 'Active console session exists for this domain',
        connect: () => driver.parts.sockets.attachTerminal(path),
      });
    },
  };
}
