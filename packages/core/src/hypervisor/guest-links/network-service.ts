import type { NetworkPort } from '../../schema/network/network-port.js';
import type { Uuid } from '../../wire/uuid.js';

/** An address that a network's DHCP server has leased. */
export interface GuestLease {
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly prefix: number;
}

/** The daemon that owns virtual networks, as those see it that have guests to plug in. */
export interface NetworkService {
  /**
   * Takes a place on a network for a guest.
   *
   * @param reclaim the port is as it was: only the daemon, or the network, has begun anew
   * @returns the port with what it takes from the network, and what it is plugged into
   * @throws VirError as the network's daemon says: NO_NETWORK, OPERATION_INVALID …
   */
  createPort(
    network: string,
    port: NetworkPort,
    options: { readonly reclaim: boolean; readonly signal: AbortSignal },
  ): Promise<NetworkPort>;
  /** Undefined when the network does not know the port. */
  findPort(network: string, portId: Uuid, signal: AbortSignal): Promise<NetworkPort | undefined>;
  /** Does nothing when port or network are gone. */
  deletePort(network: string, portId: Uuid): Promise<void>;
  leases(network: string, mac: string, signal: AbortSignal): Promise<readonly GuestLease[]>;
  /** The host's own address on a network that is defined. */
  addressOf(network: string, signal: AbortSignal): Promise<string | undefined>;
  /** Networks that start, by name; undefined: any may have, look at all. Ends with `signal`. */
  started(signal: AbortSignal): AsyncIterable<string | undefined>;
}
