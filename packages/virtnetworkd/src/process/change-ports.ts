import { VirError } from '@modvirt/core/errors';
import type { Bandwidth, NetworkPort } from '@modvirt/core/schema';
import type { NetworkDriver } from '../driver.js';
import type { NetworkObject } from '../network-object.js';
import { checkFloor, dropFloor, floorSum, promiseFloor, withClass } from '../plan/network-bandwidth.js';
import { plugPort } from '../plan/plug-port.js';
import { forgetGuest, noteGuest } from '../status/mac-table-file.js';
import { removePort, savePort } from '../status/port-files.js';
import { saveStatus } from '../status/status-file.js';
import { limitTraffic } from './traffic-control.js';

/** Plugs a guest in. @param reclaim the port is as it was before. @throws VirError OPERATION_INVALID and others */
export async function addPort(
  driver: NetworkDriver,
  object: NetworkObject,
  given: NetworkPort,
  options: { readonly reclaim: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const { live } = object;
  if (live === undefined) throw VirError.of('OPERATION_INVALID', notActive(object));
  if (object.ports.has(given.uuid)) {
    throw VirError.of('NETWORK_PORT_EXIST', `Network port with UUID ${given.uuid} already exists`);
  }
  const isAsBefore = options.reclaim && given.plug !== undefined;
  const plugged = isAsBefore ? given : plugPort(live.definition, given);
  const others = [...object.ports.values()];
  checkFloor(live.definition, plugged, floorSum(others));
  const port = withClass(plugged, others);
  if (live.rules !== undefined) {
    const plan = promiseFloor(live.definition, port, floorSum([...others, port]));
    await limitTraffic(driver.parts, plan, options.signal);
  }
  await savePort(driver, object.name, port);
  object.ports.set(port.uuid, port);
  await saveStatus(driver, object.name, live, object.ports.values());
  if (live.bridge !== undefined) await noteGuest(driver, live.bridge, port);
}

/** Says why, where it is known. */
function notActive({ name, lastFailure }: NetworkObject): string {
  const why = lastFailure === undefined ? '' : `: its last start failed: ${lastFailure}`;
  return `network '${name}' is not active${why}`;
}

export async function dropPort(
  driver: NetworkDriver,
  object: NetworkObject,
  port: NetworkPort,
): Promise<void> {
  const { live } = object;
  await removePort(driver, object.name, port.uuid);
  object.ports.delete(port.uuid);
  if (live === undefined) return;
  if (live.rules !== undefined)
    await limitTraffic(driver.parts, dropFloor(live.definition, port, floorSum(object.ports.values())));
  await saveStatus(driver, object.name, live, object.ports.values());
  if (live.bridge !== undefined) await forgetGuest(driver, live.bridge, port);
}

/** Changes what a port may carry. @throws VirError for a promise that the network cannot keep */
export async function limitPort(
  driver: NetworkDriver,
  object: NetworkObject,
  port: NetworkPort,
  bandwidth: Bandwidth | undefined,
): Promise<void> {
  const { live } = object;
  if (live === undefined) throw VirError.of('OPERATION_INVALID', notActive(object));
  const { bandwidth: _old, ...bare } = port;
  const others = [...object.ports.values()].filter((it) => it.uuid !== port.uuid);
  const wanted = bandwidth === undefined ? bare : { ...bare, bandwidth };
  checkFloor(live.definition, wanted, floorSum(others));
  const next = withClass(wanted, others);
  if (live.rules !== undefined) {
    await limitTraffic(driver.parts, dropFloor(live.definition, port, floorSum(others)));
    await limitTraffic(driver.parts, promiseFloor(live.definition, next, floorSum([...others, next])));
  }
  await savePort(driver, object.name, next);
  object.ports.set(next.uuid, next);
  await saveStatus(driver, object.name, live, object.ports.values());
}
