import { VirError } from '@modvirt/core/errors';
import type { Logger } from '@modvirt/core/ports';
import { secretUsageType } from '@modvirt/core/protocol/constants';
import type { Uuid } from '@modvirt/core/wire';
import { type Connection, connect } from './connect.js';

/** A secret as documents name it: by its UUID, or by what it is for. */
export interface SecretName {
  readonly type: keyof typeof secretUsageType;
  readonly uuid?: string | undefined;
  readonly usage?: string | undefined;
}

export interface SecretValuesOptions {
  /** The native socket of the daemon that owns secrets. */
  readonly socket: string;
  readonly uri: string;
  /** Who asks, in that daemon's log. */
  readonly name: string;
  readonly log?: Logger;
}

/** Values of secrets, private ones too, for daemons. The connection is opened when the first is asked for. */
export class SecretValues {
  readonly #options: SecretValuesOptions;
  #connection: Promise<Connection> | undefined;

  constructor(options: SecretValuesOptions) {
    this.#options = options;
  }

  /** @throws VirError NO_SECRET when there is none, or it has no value; INVALID_ARG when it is for something else */
  async value(name: SecretName, signal?: AbortSignal): Promise<Uint8Array> {
    const { remote } = await this.#connected();
    const options = signal === undefined ? {} : { signal };
    const secret = await this.#find(name, options);
    const wanted = secretUsageType[name.type];
    if (secret.usageType !== wanted && wanted !== secretUsageType.none) {
      const text = `secret with uuid ${secret.uuid} is of type '${typeName(secret.usageType)}' not expected '${name.type}' type`;
      throw VirError.of('INVALID_ARG', text);
    }
    return (await remote.secretGetValue({ secret, flags: 0 }, options)).value;
  }

  /** UUID of the secret that is meant for something; undefined when there is none. */
  async uuidFor(type: SecretName['type'], usage: string, signal?: AbortSignal): Promise<Uuid | undefined> {
    try {
      return (await this.#find({ type, usage }, signal === undefined ? {} : { signal })).uuid;
    } catch (error) {
      if (error instanceof VirError && error.is('NO_SECRET')) return undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) await (await connection).close();
  }

  async #find({ type, uuid, usage }: SecretName, options: { readonly signal?: AbortSignal }) {
    const { remote } = await this.#connected();
    if (uuid !== undefined) return (await remote.secretLookupByUuid({ uuid: uuid as Uuid }, options)).secret;
    const asked = { usageType: secretUsageType[type], usageID: usage ?? '' };
    return (await remote.secretLookupByUsage(asked, options)).secret;
  }

  #connected(): Promise<Connection> {
    this.#connection ??= this.#open().catch((error: unknown) => {
      // The next caller tries again: the daemon may not have been there yet.
      this.#connection = undefined;
      throw error;
    });
    return this.#connection;
  }

  #open(): Promise<Connection> {
    const { socket, uri, name, log } = this.#options;
    return connect({ daemon: 'virtsecretd', socket, uri, name, ...(log === undefined ? {} : { log }) });
  }
}

function typeName(type: number): string {
  return Object.entries(secretUsageType).find(([, value]) => value === type)?.[0] ?? String(type);
}
