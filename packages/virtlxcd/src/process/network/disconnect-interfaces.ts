import type { Domain, NetworkInterface } from '@modvirt/core/schema';
import type { LxcDriver } from '../../driver.js';
import { removeHostEnd } from './connect-interfaces.js';

/** Takes away what of the container's interfaces is on the host. */
export async function disconnectInterfaces(driver: LxcDriver, { devices }: Domain): Promise<void> {
  await Promise.all(devices.interfaces.map((it) => disconnectInterface(driver, it)));
}

export async function disconnectInterface(driver: LxcDriver, net: NetworkInterface): Promise<void> {
  const { target } = net;
  if (target?.dev !== undefined) await removeHostEnd(driver, target.dev);
  if (net.type !== 'network' || net.source?.portid === undefined) return;
  await driver.parts.networks.unplug(net.source.network, net.source.portid);
}
