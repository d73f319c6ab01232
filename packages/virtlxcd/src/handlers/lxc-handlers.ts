import type { Handlers } from '@modvirt/core/driver';
import { checkFlags, notRunning } from '@modvirt/core/hypervisor';
import type { lxcDomain } from '@modvirt/core/protocol/rows';
import type { LxcDriver } from '../driver.js';

/** In the order in which they are entered. */
const NAMESPACES = ['user', 'ipc', 'uts', 'net', 'pid', 'mnt'] as const;

/** What only containers have. */
export function lxcHandlers(driver: LxcDriver): Handlers<typeof lxcDomain> {
  return {
    async domainOpenNamespace({ dom, flags }, call) {
      checkFlags('virDomainLxcOpenNamespace', flags, 0, 'LXC');
      const { runtime } = driver.domains.byRef(dom);
      if (runtime === undefined) throw notRunning();
      const { sockets, descriptors } = driver.parts;
      const opened: number[] = [];
      try {
        for (const name of NAMESPACES)
          opened.push(await sockets.open(`/proc/${runtime.init.pid}/ns/${name}`));
      } catch (error) {
        for (const descriptor of opened) descriptors.close(descriptor);
        throw error;
      }
      call.sendDescriptors(opened);
    },
  };
}
