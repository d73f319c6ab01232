import { VirError } from '@modvirt/core/errors';
import type { EventObject, EventRow } from '@modvirt/core/events';
import type { Uuid } from '@modvirt/core/wire';

/** A client's wish to be told: with a callback id, or the old way, once for each event. */
export interface Registration {
  readonly object: EventObject;
  readonly eventId: number;
  /** Only about this object. */
  readonly about: { readonly uuid?: Uuid; readonly name: string } | undefined;
  /** Undefined for the old way. */
  readonly callbackId: number | undefined;
}

/** The registrations of one client. Callback ids count from 0 and are not used again. */
export class Registrations {
  readonly #byCallback = new Map<number, Registration>();
  readonly #legacy = new Map<number, Registration>();
  #nextId = 0;

  get isEmpty(): boolean {
    return this.#byCallback.size === 0 && this.#legacy.size === 0;
  }

  add(
    object: EventObject,
    eventId: number,
    about: Registration['about'],
  ): Registration & { callbackId: number } {
    const registration = { object, eventId, about, callbackId: this.#nextId };
    this.#nextId += 1;
    this.#byCallback.set(registration.callbackId, registration);
    return registration;
  }

  /** @throws VirError when there is no such callback for that kind of object */
  remove(object: EventObject, callbackId: number): Registration {
    const registration = this.#byCallback.get(callbackId);
    if (registration?.object !== object) {
      const kind = object.replace('_', ' ');
      throw VirError.of('INTERNAL_ERROR', `${kind} event callback ${callbackId} not registered`);
    }
    this.#byCallback.delete(callbackId);
    return registration;
  }

  /** The old way, for domains only. @throws VirError when it is registered already */
  addLegacy(eventId: number): Registration {
    if (this.#legacy.has(eventId)) {
      throw VirError.of('INTERNAL_ERROR', `domain event ${eventId} already registered`);
    }
    const registration: Registration = { object: 'domain', eventId, about: undefined, callbackId: undefined };
    this.#legacy.set(eventId, registration);
    return registration;
  }

  /** @throws VirError when it is not registered */
  removeLegacy(eventId: number): Registration {
    const registration = this.#legacy.get(eventId);
    if (registration === undefined) {
      throw VirError.of('INTERNAL_ERROR', `domain event ${eventId} not registered`);
    }
    this.#legacy.delete(eventId);
    return registration;
  }

  [Symbol.iterator](): Iterator<Registration> {
    return [...this.#byCallback.values(), ...this.#legacy.values()][Symbol.iterator]();
  }

  clear(): void {
    this.#byCallback.clear();
    this.#legacy.clear();
  }
}

/** The values of the message that tells this registration of an event. */
export function messageValues(row: EventRow, registration: Registration, payload: unknown): unknown {
  const { callbackId } = registration;
  if (callbackId === undefined) return payload;
  if (row.nested) return { callbackID: callbackId, msg: payload };
  return { callbackID: callbackId, ...(payload as object) };
}
