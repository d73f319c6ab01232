import type { Call, Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags } from '@modvirt/core/hypervisor';
import type { Job } from '@modvirt/core/jobs';
import { networkUpdateCommand, networkUpdateFlags } from '@modvirt/core/protocol/constants';
import type { network } from '@modvirt/core/protocol/rows';
import {
  NETWORK_SECTIONS,
  type Network,
  type NetworkUpdate,
  type UpdateCommand,
  updateNetwork,
} from '@modvirt/core/schema';
import type { NetworkDriver } from '../driver.js';
import type { NetworkObject } from '../network-object.js';
import { dnsmasqFiles } from '../plan/dnsmasq-config.js';
import { extraHosts } from '../plan/hosts-file.js';
import { checkNetwork } from '../plan/validate-network.js';
import { refreshNetwork } from '../process/refresh-network.js';

const { live: LIVE, config: CONFIG } = networkUpdateFlags;
const COMMANDS: ReadonlyMap<number, UpdateCommand> = new Map([
  [networkUpdateCommand.modify, 'modify'],
  [networkUpdateCommand.delete, 'delete'],
  [networkUpdateCommand.addLast, 'add-last'],
  [networkUpdateCommand.addFirst, 'add-first'],
]);

type UpdateHandler = NonNullable<Handlers<typeof network>['networkUpdate']>;

/** Changes one section of a network, of its active definition, the one for its next start, or both. */
export function networkUpdateHandler(driver: NetworkDriver): UpdateHandler {
  return async ({ net, command, section, parentIndex, xml, flags }, call: Call) => {
    checkFlags('networkUpdate', flags, LIVE | CONFIG);
    const object = driver.networks.byRef(net);
    const named = NETWORK_SECTIONS[section] ?? 'none';
    const what = COMMANDS.get(command);
    if (what === undefined) {
      throw VirError.of('NO_SUPPORT', `unrecognized network update command code ${command}`);
    }
    const update: NetworkUpdate = { command: what, section: named, parentIndex, xml };
    await object.withJob({ kind: 'modify', owner: 'virNetworkUpdate', signal: call.signal }, (job) =>
      apply(driver, job, object, update, flags),
    );
  };
}

async function apply(
  driver: NetworkDriver,
  job: Job,
  object: NetworkObject,
  update: NetworkUpdate,
  flags: number,
): Promise<void> {
  const isNamed = (flags & (LIVE | CONFIG)) !== 0;
  const wantsLive = isNamed ? (flags & LIVE) !== 0 : object.isActive;
  const wantsConfig = isNamed ? (flags & CONFIG) !== 0 : !object.isActive;
  const { live, persistent } = object;
  if (wantsLive && live === undefined) throw VirError.of('OPERATION_INVALID', 'network is not running');
  if (wantsConfig && persistent === undefined) {
    throw VirError.of('OPERATION_INVALID', 'cannot change persistent config of a transient network');
  }
  // Both are made before anything is changed.
  const nextLive = wantsLive && live !== undefined ? changed(live.definition, update) : undefined;
  const nextConfig = wantsConfig && persistent !== undefined ? changed(persistent, update) : undefined;
  if (nextConfig !== undefined) await driver.savePersistent(object, nextConfig);
  if (nextLive !== undefined) await refreshNetwork(driver, job, object, nextLive);
}

function changed(definition: Network, update: NetworkUpdate): Network {
  const next = updateNetwork(definition, update);
  checkNetwork(next);
  // What dnsmasq cannot be told must not become the definition.
  dnsmasqFiles(next, { directory: '' });
  extraHosts(next);
  return next;
}
