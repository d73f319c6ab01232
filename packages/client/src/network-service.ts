import { VirError } from '@modvirt/core/errors';
import { eventRows } from '@modvirt/core/events';
import type { GuestLease, NetworkService } from '@modvirt/core/hypervisor';
import { remoteProgram } from '@modvirt/core/protocol';
import type { DaemonLink } from '@modvirt/core/rpc';
import { formatIp, formatNetworkPort, parseNetwork, parseNetworkPort } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import { type Methods, methodsOf } from './typed-methods.js';

type Remote = Methods<(typeof remoteProgram)['procedures']>;

const RECLAIM = 1;
/** VIR_NETWORK_EVENT_STARTED */
const STARTED = 2;
/** VIR_IP_ADDR_TYPE_IPV6 */
const IPV6 = 1;

export interface NetworkServiceOptions {
  readonly link: DaemonLink;
  /** `network:///system` */
  readonly uri: string;
  newUuid(): Uuid;
}

/** The network daemon behind `link`. A session is open only while something is asked. */
export function networkService(options: NetworkServiceOptions): NetworkService {
  const { link, newUuid } = options;
  const ask = <T>(run: (remote: Remote) => Promise<T>) => withSession(options, run);
  const readPort = (xml: string) => parseNetworkPort(xml, { newUuid });
  return {
    createPort: (network, port, { reclaim, signal }) =>
      ask(async (remote) => {
        const { net } = await remote.networkLookupByName({ name: network }, { signal });
        const request = { network: net, xml: formatNetworkPort(port), flags: reclaim ? RECLAIM : 0 };
        const made = await remote.networkPortCreateXml(request, { signal });
        return readPort((await remote.networkPortGetXmlDesc({ port: made.port, flags: 0 }, { signal })).xml);
      }),
    findPort: (network, uuid, signal) =>
      ask((remote) =>
        unlessGone(async () => {
          const { net } = await remote.networkLookupByName({ name: network }, { signal });
          const { port } = await remote.networkPortLookupByUuid({ network: net, uuid }, { signal });
          return readPort((await remote.networkPortGetXmlDesc({ port, flags: 0 }, { signal })).xml);
        }),
      ),
    deletePort: (network, uuid) =>
      ask(async (remote) => {
        await unlessGone(async () => {
          const { net } = await remote.networkLookupByName({ name: network });
          await remote.networkPortDelete({ port: { net, uuid }, flags: 0 });
        });
      }),
    leases: (network, mac, signal) => ask((remote) => leasesOf(remote, network, mac, signal)),
    addressOf: (network, signal) =>
      ask(async (remote) => {
        const { net } = await remote.networkLookupByName({ name: network }, { signal });
        const { xml } = await remote.networkGetXmlDesc({ net, flags: 0 }, { signal });
        const [first] = parseNetwork(xml, { newUuid }).ips;
        return first === undefined ? undefined : formatIp(first.address);
      }),
    started: (signal) => startedNetworks(link, signal),
  };
}

async function withSession<T>(
  { link, uri }: NetworkServiceOptions,
  run: (remote: Remote) => Promise<T>,
): Promise<T> {
  const session = await link.openSession({ uri, readOnly: false });
  try {
    return await run(methodsOf(remoteProgram, session));
  } finally {
    await session.close();
  }
}

async function unlessGone<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof VirError && (error.is('NO_NETWORK') || error.is('NO_NETWORK_PORT')))
      return undefined;
    throw error;
  }
}

async function leasesOf(
  remote: Remote,
  network: string,
  mac: string,
  signal: AbortSignal,
): Promise<readonly GuestLease[]> {
  const { net } = await remote.networkLookupByName({ name: network }, { signal });
  const { leases } = await remote.networkGetDhcpLeases({ net, mac, needResults: 1, flags: 0 }, { signal });
  return leases.map(({ type, ipaddr, prefix }) => ({
    family: type === IPV6 ? 'ipv6' : 'ipv4',
    address: ipaddr,
    prefix,
  }));
}

async function* startedNetworks(
  link: DaemonLink,
  signal: AbortSignal,
): AsyncGenerator<string | undefined, void> {
  for await (const item of await link.subscribe({ signal })) {
    if ('type' in item) yield undefined;
    else if (item.object === 'network' && item.eventId === eventRows.networkLifecycle.id) {
      const { event } = item.payload as { readonly event?: unknown };
      if (event === STARTED) yield item.name;
    }
  }
}
