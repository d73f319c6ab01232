import type { Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags } from '@modvirt/core/hypervisor';
import { typedParameterFlags } from '@modvirt/core/protocol/constants';
import type { network, networkPort } from '@modvirt/core/protocol/rows';
import { formatNetworkPort, type NetworkPort, parseNetworkPort } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import type { NetworkDriver } from '../driver.js';
import type { NetworkObject } from '../network-object.js';
import { addPort, dropPort, limitPort } from '../process/change-ports.js';
import { changedBandwidth, portParameters } from './port-parameters.js';

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
      await object.withJob({ kind: 'modify', owner: 'virNetworkPortCreateXML', signal: call.signal }, (job) =>
        addPort(driver, object, given, { reclaim: (flags & RECLAIM) !== 0, signal: job.signal }),
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
      await object.withJob({ kind: 'modify', owner: 'virNetworkPortDelete', signal: call.signal }, () =>
        dropPort(driver, object, portOf(object, uuid)),
      );
    },
    networkPortGetParameters({ port: { net, uuid }, nparams: _all, flags }) {
      checkFlags('networkPortGetParameters', flags, typedParameterFlags.paramStringOkay);
      const params = portParameters(portOf(networks.byRef(net), uuid));
      return { params, nparams: params.length };
    },
    async networkPortSetParameters({ port: { net, uuid }, params, flags }, call) {
      checkFlags('networkPortSetParameters', flags, typedParameterFlags.paramStringOkay);
      const object = networks.byRef(net);
      const request = { kind: 'modify', owner: 'virNetworkPortSetParameters', signal: call.signal } as const;
      await object.withJob(request, () => {
        const port = portOf(object, uuid);
        return limitPort(driver, object, port, changedBandwidth(port.bandwidth, params));
      });
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
