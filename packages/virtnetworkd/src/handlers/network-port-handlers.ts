import type { Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags } from '@modvirt/core/hypervisor';
import type { network, networkPort } from '@modvirt/core/protocol/rows';
import { formatNetworkPort, type NetworkPort, parseNetworkPort } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import type { NetworkDriver } from '../driver.js';
import type { NetworkObject } from '../network-object.js';
import { plugPort } from '../plan/plug-port.js';
import { forgetGuest, noteGuest } from '../status/mac-table-file.js';
import { removePort, savePort } from '../status/port-files.js';

const RECLAIM = 1;
const VALIDATE = 2;

function portOf(object: NetworkObject, uuid: Uuid): NetworkPort {
  const found = object.ports.get(uuid);
  if (found !== undefined) return found;
  throw VirError.of('NO_NETWORK_PORT', `Network port with UUID ${uuid} does not exist`);
}

/** Guests' places on networks. */
export function networkPortHandlers(driver: NetworkDriver): Handlers<typeof networkPort> {
  const { networks } = driver;
  return {
    networkPortLookupByUuid({ network: ref, uuid }) {
      const object = networks.byRef(ref);
      return { port: { net: object.reference, uuid: portOf(object, uuid).uuid } };
    },
    async networkPortCreateXml({ network: ref, xml, flags }, call) {
      checkFlags('networkPortCreateXML', flags, RECLAIM | VALIDATE);
      const object = networks.byRef(ref);
      const given = parseNetworkPort(xml, { newUuid: driver.parts.newUuid });
      await object.withJob(
        { kind: 'modify', owner: 'virNetworkPortCreateXML', signal: call.signal },
        async () => {
          const { live } = object;
          if (live === undefined) {
            throw VirError.of('OPERATION_INVALID', `network '${object.name}' is not active`);
          }
          const port =
            (flags & RECLAIM) !== 0 && given.plug !== undefined ? given : plugPort(live.definition, given);
          await savePort(driver, object.name, port);
          object.ports.set(port.uuid, port);
          if (live.bridge !== undefined) await noteGuest(driver, live.bridge, port);
        },
      );
      return { port: { net: object.reference, uuid: given.uuid } };
    },
    networkPortGetXmlDesc({ port: { net, uuid }, flags }) {
      checkFlags('networkPortGetXMLDesc', flags, 0);
      return { xml: formatNetworkPort(portOf(networks.byRef(net), uuid)) };
    },
    async networkPortDelete({ port: { net, uuid }, flags }, call) {
      checkFlags('networkPortDelete', flags, 0);
      const object = networks.byRef(net);
      await object.withJob(
        { kind: 'modify', owner: 'virNetworkPortDelete', signal: call.signal },
        async () => {
          const port = portOf(object, uuid);
          await removePort(driver, object.name, port.uuid);
          object.ports.delete(port.uuid);
          const bridge = object.live?.bridge;
          if (bridge !== undefined) await forgetGuest(driver, bridge, port);
        },
      );
    },
  };
}

/** The list of a network's ports is a call on the network. */
export function networkPortListHandlers({ networks }: NetworkDriver): Handlers<typeof network> {
  return {
    networkListAllPorts({ network: ref, needResults, flags }) {
      checkFlags('networkListAllPorts', flags, 0);
      const object = networks.byRef(ref);
      const ports = [...object.ports.keys()].map((uuid) => ({ net: object.reference, uuid }));
      return { ports: needResults === 0 ? [] : ports, ret: ports.length };
    },
  };
}
