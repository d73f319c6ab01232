import { type EventLog, eventRows } from '@modvirt/core/events';
import type { Scope } from '@modvirt/core/jobs';
import { DefinitionStore, generatedFileHeader } from '@modvirt/core/objects';
import type { Clock, Files, KernelFiles, Logger, Processes } from '@modvirt/core/ports';
import { formatNetwork, type Network, parseNetwork } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import { NetworkList } from './network-list.js';
import type { NetworkObject } from './network-object.js';
import type { NetworkPaths } from './network-paths.js';
import { checkNetwork } from './plan/validate-network.js';
import type { Firewall } from './process/firewall.js';

export interface NetworkDriverParts {
  readonly paths: NetworkPaths;
  readonly files: Files;
  readonly kernel: KernelFiles;
  readonly processes: Processes;
  readonly clock: Clock;
  readonly log: Logger;
  readonly scope: Scope;
  readonly events: EventLog;
  readonly firewall: Firewall;
  /** What dnsmasq calls for each lease; undefined where it is not built. */
  readonly leaseHelper: string | undefined;
  newUuid(): Uuid;
  randomBytes(count: number): Uint8Array;
}

const LIFECYCLE = { defined: 0, undefined: 1, started: 2, stopped: 3 } as const;

/** What the daemon holds: its ports and its networks. */
export class NetworkDriver {
  readonly parts: NetworkDriverParts;
  readonly networks: NetworkList;
  readonly store: DefinitionStore;
  readonly errorDomain = 'NETWORK';

  constructor(parts: NetworkDriverParts) {
    this.parts = parts;
    this.networks = new NetworkList(parts.clock);
    const { definitions, autostart } = parts.paths;
    this.store = new DefinitionStore(
      { directory: definitions, autostartDirectory: autostart, kind: 'network' },
      parts.files,
      parts.log,
    );
  }

  /** @throws VirError in libvirt's words: malformed, wrong, or what we cannot do */
  parse(xml: string, validate = false): Network {
    const network = parseNetwork(xml, { newUuid: this.parts.newUuid, inactive: true, validate });
    checkNetwork(network);
    return network;
  }

  /** Makes `definition` durable, and what the next start takes. */
  async savePersistent(network: NetworkObject, definition: Network): Promise<void> {
    const header = generatedFileHeader('net-edit', definition.name, definition.uuid);
    await this.store.save(definition.name, header + formatNetwork(definition, { inactive: true }));
    network.persistent = definition;
  }

  tell(network: NetworkObject, what: keyof typeof LIFECYCLE): void {
    this.parts.events.emit({
      object: 'network',
      eventId: eventRows.networkLifecycle.id,
      uuid: network.uuid,
      name: network.name,
      payload: { net: network.reference, event: LIFECYCLE[what], detail: 0 },
    });
  }
}
