import type { Call, Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { eventRows } from '@modvirt/core/events';
import { checkFlags, checkMetadataType, metadataOf, withMetadata } from '@modvirt/core/hypervisor';
import { networkMetadataType, networkUpdateFlags } from '@modvirt/core/protocol/constants';
import type { network } from '@modvirt/core/protocol/rows';
import type { Network } from '@modvirt/core/schema';
import type { NetworkDriver } from '../driver.js';
import type { NetworkObject } from '../network-object.js';
import { checkNetwork } from '../plan/validate-network.js';
import { refreshNetwork } from '../process/refresh-network.js';

const { live: LIVE, config: CONFIG } = networkUpdateFlags;
type Served = Pick<Handlers<typeof network>, 'networkGetMetadata' | 'networkSetMetadata'>;

interface Parts {
  readonly live: Network | undefined;
  readonly config: Network | undefined;
}

/** The definitions that flags mean: none is the one in use. @throws VirError OPERATION_INVALID */
function meant(object: NetworkObject, flags: number): Parts {
  const isNamed = (flags & (LIVE | CONFIG)) !== 0;
  const wantsLive = isNamed ? (flags & LIVE) !== 0 : object.isActive;
  const wantsConfig = isNamed ? (flags & CONFIG) !== 0 : !object.isActive;
  if (wantsLive && !object.isActive) throw VirError.of('OPERATION_INVALID', 'network is not running');
  if (wantsConfig && !object.isPersistent) {
    throw VirError.of('OPERATION_INVALID', 'cannot change persistent config of a transient network');
  }
  return {
    live: wantsLive ? object.live?.definition : undefined,
    config: wantsConfig ? object.persistent : undefined,
  };
}

/** Title, description and elements of applications. */
export function networkMetadataHandlers(driver: NetworkDriver): Served {
  const { networks } = driver;
  return {
    networkGetMetadata({ network: ref, type, uri, flags }) {
      checkFlags('virNetworkGetMetadata', flags, LIVE | CONFIG);
      checkMetadataType(type);
      const { live, config } = meant(networks.byRef(ref), flags);
      const definition = live ?? config;
      if (definition === undefined) throw new Error('a network has a definition');
      try {
        return { metadata: metadataOf(definition, type, uri ?? undefined) };
      } catch (error) {
        if (error instanceof VirError && error.is('NO_DOMAIN_METADATA')) {
          throw VirError.of('NO_NETWORK_METADATA', 'Requested metadata element is not present');
        }
        throw error;
      }
    },
    networkSetMetadata: ({ network: ref, type, metadata, key, uri, flags }, call) =>
      setMetadata(
        driver,
        networks.byRef(ref),
        { type, text: metadata ?? undefined, key: key ?? undefined, uri: uri ?? undefined, flags },
        call,
      ),
  };
}

interface Change {
  readonly type: number;
  readonly text: string | undefined;
  readonly key: string | undefined;
  readonly uri: string | undefined;
  readonly flags: number;
}

async function setMetadata(
  driver: NetworkDriver,
  object: NetworkObject,
  { flags, ...change }: Change,
  call: Call,
): Promise<void> {
  checkFlags('virNetworkSetMetadata', flags, LIVE | CONFIG);
  checkMetadataType(change.type);
  const request = { kind: 'modify', owner: 'virNetworkSetMetadata', signal: call.signal } as const;
  await object.withJob(request, async (job) => {
    const { live, config } = meant(object, flags);
    const nextLive = live && withMetadata(live, change);
    const nextConfig = config && withMetadata(config, change);
    for (const next of [nextLive, nextConfig]) if (next !== undefined) checkNetwork(next);
    if (nextConfig !== undefined) await driver.savePersistent(object, nextConfig);
    if (nextLive !== undefined) await refreshNetwork(driver, job, object, nextLive);
  });
  const isElement = change.type === networkMetadataType.element;
  driver.parts.events.emit({
    object: 'network',
    eventId: eventRows.networkMetadataChange.id,
    uuid: object.uuid,
    name: object.name,
    payload: { net: object.reference, type: change.type, nsuri: isElement ? (change.uri ?? null) : null },
  });
}
