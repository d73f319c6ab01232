import type { Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import {
  answerParameters,
  bandwidthParameters,
  checkFlags,
  findInterface,
  networkDevices,
  notRunning,
  readDefinition,
} from '@modvirt/core/hypervisor';
import { domainModificationImpact, typedParameterFlags } from '@modvirt/core/protocol/constants';
import type { domainDevices } from '@modvirt/core/protocol/rows';
import type { QemuDriver } from '../driver.js';

const { live: LIVE, config: CONFIG } = domainModificationImpact;
const READ_FLAGS = LIVE | CONFIG | typedParameterFlags.paramStringOkay;

type Served = Pick<Handlers<typeof domainDevices>, 'domainInterfaceStats' | 'domainGetInterfaceParameters'>;

/** What a guest's network interfaces have carried, and may carry. */
export function interfaceHandlers(driver: QemuDriver): Served {
  const { domains } = driver;
  return {
    async domainInterfaceStats({ dom, device }) {
      const { live } = domains.byRef(dom);
      if (live === undefined) throw notRunning();
      const name = findInterface(live, device).target?.dev;
      if (name === undefined) throw VirError.of('INTERNAL_ERROR', 'Interface name not provided');
      const counters = (await networkDevices(driver.parts.files)).get(name);
      if (counters === undefined) {
        throw VirError.of('INTERNAL_ERROR', '/proc/net/dev: Interface not found');
      }
      // What the host receives from the device, the guest has sent.
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
    domainGetInterfaceParameters({ dom, device, nparams, flags }) {
      checkFlags('virDomainGetInterfaceParameters', flags, READ_FLAGS, 'QEMU');
      const { definition } = readDefinition(flags, domains.byRef(dom));
      const found = findInterface(definition, device);
      return answerParameters(bandwidthParameters(found), nparams, flags);
    },
  };
}
