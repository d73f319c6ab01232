import { VirError } from '@modvirt/core/errors';
import type { EventObject, EventRow } from '@modvirt/core/events';
import type { Uuid } from '@modvirt/core/wire';

/** The object of a wish. */
export interface About {
  readonly uuid?: Uuid;
  readonly name: string;
}

/** A client's wish to be told, as it was granted. */
export interface Registration {
  readonly row: EventRow;
  /** Only about this object. */
  readonly about: About | undefined;
  readonly style: 'callback' | 'legacy';
  readonly callbackId: number;
}

const WORDS: Readonly<Record<EventObject, string>> = {
  domain: 'domain',
  network: 'network',
  storage_pool: 'storage pool',
  node_device: 'node device',
  secret: 'secret',
};

/** The registrations of one client. Callback ids count from 0, old-style ones use them up too, and none is used again. */
export class Registrations {
  readonly #granted = new Map<number, Registration>();
  #nextId = 0;

  /** @throws VirError when the client has the same one already */
  add(row: EventRow, about: About | undefined, style: Registration['style']): Registration {
    for (const other of this.#granted.values()) {
      if (other.row === row && keyOf(other.about) === keyOf(about))
        throw VirError.of('INVALID_ARG', 'event callback already tracked');
    }
    const registration = { row, about, style, callbackId: this.#nextId };
    this.#nextId += 1;
    this.#granted.set(registration.callbackId, registration);
    return registration;
  }

  /** @throws VirError when there is no such callback for that kind of object */
  remove(object: EventObject, callbackId: number): Registration {
    const registration = this.#granted.get(callbackId);
    if (registration?.style !== 'callback' || registration.row.object !== object) {
      throw notRegistered(`${WORDS[object]} event callback ${callbackId}`);
    }
    this.#granted.delete(callbackId);
    return registration;
  }

  /** The old way: by the number of the event. @throws VirError when it is not registered */
  removeLegacy(row: EventRow): Registration {
    for (const registration of this.#granted.values()) {
      if (registration.row !== row || registration.style !== 'legacy') continue;
      this.#granted.delete(registration.callbackId);
      return registration;
    }
    throw notRegistered(`domain event ${row.id}`);
  }

  clear(): void {
    this.#granted.clear();
  }
}

function keyOf(about: About | undefined): string {
  return about === undefined ? '' : (about.uuid ?? `name ${about.name}`);
}

function notRegistered(what: string): VirError {
  return VirError.of('INTERNAL_ERROR', `${what} not registered`, { domain: 'RPC' });
}

export function unsupportedEvent(object: EventObject, eventId: number): VirError {
  const kind = object === 'domain' ? '' : `${WORDS[object]} `;
  return VirError.of('INTERNAL_ERROR', `unsupported ${kind}event ID ${eventId}`, { domain: 'RPC' });
}
