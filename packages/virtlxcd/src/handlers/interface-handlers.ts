import type { Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { findInterface, networkDevices, notRunning } from '@modvirt/core/hypervisor';
import type { domainDevices } from '@modvirt/core/protocol/rows';
import type { LxcDriver } from '../driver.js';

/** What a container's network interfaces have carried. */
export function interfaceHandlers(
  driver: LxcDriver,
): Pick<Handlers<typeof domainDevices>, 'domainInterfaceStats'> {
  return {
    async domainInterfaceStats({ dom, device }) {
      const { live } = driver.domains.byRef(dom);
      if (live === undefined) throw notRunning();
      const name = findInterface(live, device).target?.dev;
      const counters = name === undefined ? undefined : (await networkDevices(driver.parts.files)).get(name);
      if (counters === undefined) {
        throw VirError.of('INTERNAL_ERROR', '/proc/net/dev: Interface not found');
      }
      // What the host receives from the device, the container has sent.
      const { rx: tx, tx: rx } = counters;
      return {
        rxBytes: rx.bytes,
        rxPackets: rx.packets,
        rxErrs: rx.errors,
        rxDrop: rx.drops,
        txBytes: tx.bytes,
        txPackets: tx.packets,
        txErrs: tx.errors,
        txDrop: tx.drops,
      };
    },
  };
}
