import { VirError } from '@modvirt/core/errors';
import { ObjectList } from '@modvirt/core/objects';
import type { Clock } from '@modvirt/core/ports';
import type { Network } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import { NetworkObject } from './network-object.js';

/** All networks, with libvirt's rules on names and UUIDs and its words when one is missing. */
export class NetworkList implements Iterable<NetworkObject> {
  readonly #list = new ObjectList<NetworkObject>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  [Symbol.iterator](): IterableIterator<NetworkObject> {
    return this.#list[Symbol.iterator]();
  }

  /** @throws VirError NO_NETWORK */
  byRef(ref: { readonly uuid: Uuid; readonly name: string }): NetworkObject {
    const found = this.#list.byUuid(ref.uuid);
    if (found) return found;
    throw VirError.of('NO_NETWORK', `no network with matching uuid '${ref.uuid}' (${ref.name})`);
  }

  /** @throws VirError NO_NETWORK */
  byUuid(uuid: Uuid): NetworkObject {
    const found = this.#list.byUuid(uuid);
    if (found) return found;
    throw VirError.of('NO_NETWORK', `no network with matching uuid '${uuid}'`);
  }

  /** @throws VirError NO_NETWORK */
  byName(name: string): NetworkObject {
    const found = this.#list.byName(name);
    if (found) return found;
    throw VirError.of('NO_NETWORK', `no network with matching name '${name}'`);
  }

  /**
   * The object for a definition: the one that has this name and UUID already, or a new one.
   *
   * @param forStart refuses one that is active
   * @throws VirError OPERATION_FAILED when name or UUID belong to another network
   */
  claim(definition: Network, forStart = false): { readonly network: NetworkObject; readonly isNew: boolean } {
    const existing = this.#list.byUuid(definition.uuid);
    if (existing) {
      if (existing.name !== definition.name) {
        throw VirError.of(
          'OPERATION_FAILED',
          `network '${existing.name}' is already defined with uuid ${existing.uuid}`,
        );
      }
      if (forStart && existing.isActive) {
        throw VirError.of('OPERATION_INVALID', `network is already active as '${existing.name}'`);
      }
      return { network: existing, isNew: false };
    }
    const namesake = this.#list.byName(definition.name);
    if (namesake) {
      throw VirError.of(
        'OPERATION_FAILED',
        `network '${namesake.name}' already exists with uuid ${namesake.uuid}`,
      );
    }
    const network = new NetworkObject(definition, this.#clock);
    this.#list.add(network);
    return { network, isNew: true };
  }

  remove(network: NetworkObject): void {
    this.#list.remove(network);
  }
}
