import type { Domain } from '@modvirt/core/schema';
import type { QemuDriver } from '../../driver.js';
import { leaveOpenVswitch } from './bridge-interface.js';
import { giveBack } from './claim-places.js';
import { removeMacvtaps } from './connect-interfaces.js';
import { runInterfaceScript } from './interface-script.js';

/** Takes back what the host had of a guest's links. Taps went with the guest. */
export async function releaseInterfaces(driver: QemuDriver, live: Domain): Promise<void> {
  const { interfaces } = live.devices;
  for (const net of interfaces) {
    const device = net.target?.dev;
    try {
      if (net.type === 'ethernet' && device !== undefined)
        await runInterfaceScript(driver, net.downscript, device);
      if (net.virtualport?.type === 'openvswitch' && device !== undefined)
        await leaveOpenVswitch(driver, device);
    } catch (error) {
      driver.log.warn('network device of a guest was left as it is', { domain: live.name, device, error });
    }
    const source =
      net.type === 'network' || net.type === 'bridge' || net.type === 'direct' ? net.source : undefined;
    if (source?.network !== undefined && source.portid !== undefined)
      await giveBack(driver, source.network, source.portid);
  }
  await removeMacvtaps(driver, interfaces);
}
