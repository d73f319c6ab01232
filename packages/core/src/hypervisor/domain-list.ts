import { VirError } from '../errors/vir-error.js';
import { ObjectList } from '../objects/object-list.js';
import type { Clock } from '../ports/clock.js';
import type { Uuid } from '../wire/uuid.js';
import { type DomainIdentity, DomainObject } from './domain-object.js';

/** Who says that a name or UUID is taken: the part that all hypervisors share. */
const BY_LIST = { domain: 'DOMAIN' } as const;

/** All domains of one daemon, with libvirt's rules on names, UUIDs and ids and its words when one is missing. */
export class DomainList<D extends DomainIdentity, R> implements Iterable<DomainObject<D, R>> {
  readonly #list = new ObjectList<DomainObject<D, R>>();
  readonly #clock: Clock;
  #lastId = 0;

  readonly #missing: string;

  /** @param missing how the driver's errors begin for a domain that is not there */
  constructor(clock: Clock, missing = 'no domain') {
    this.#clock = clock;
    this.#missing = missing;
  }

  get size(): number {
    return this.#list.size;
  }

  [Symbol.iterator](): IterableIterator<DomainObject<D, R>> {
    return this.#list[Symbol.iterator]();
  }

  findByUuid(uuid: Uuid): DomainObject<D, R> | undefined {
    return this.#list.byUuid(uuid);
  }

  findByName(name: string): DomainObject<D, R> | undefined {
    return this.#list.byName(name);
  }

  /** The domain that a client's reference means: its UUID decides. @throws VirError NO_DOMAIN */
  byRef(ref: { readonly uuid: Uuid; readonly name: string }): DomainObject<D, R> {
    const found = this.#list.byUuid(ref.uuid);
    if (found) return found;
    throw VirError.of('NO_DOMAIN', `${this.#missing} with matching uuid '${ref.uuid}' (${ref.name})`);
  }

  /** @throws VirError NO_DOMAIN */
  byUuid(uuid: Uuid): DomainObject<D, R> {
    const found = this.#list.byUuid(uuid);
    if (found) return found;
    throw VirError.of('NO_DOMAIN', `${this.#missing} with matching uuid '${uuid}'`);
  }

  /** @throws VirError NO_DOMAIN */
  byName(name: string): DomainObject<D, R> {
    const found = this.#list.byName(name);
    if (found) return found;
    throw VirError.of('NO_DOMAIN', `${this.#missing} with matching name '${name}'`);
  }

  /** @throws VirError NO_DOMAIN */
  byId(id: number): DomainObject<D, R> {
    for (const domain of this.#list) if (domain.id === id && domain.isActive) return domain;
    throw VirError.of('NO_DOMAIN', `${this.#missing} with matching id ${id}`);
  }

  /**
   * The object for a definition: the one that has this name and UUID already, or a new one.
   *
   * @param forStart refuses one that is active
   * @throws VirError OPERATION_FAILED when name or UUID belong to another domain
   */
  claim(identity: DomainIdentity, forStart = false): { domain: DomainObject<D, R>; isNew: boolean } {
    const existing = this.#list.byUuid(identity.uuid);
    if (existing) {
      if (existing.name !== identity.name) {
        throw VirError.of(
          'OPERATION_FAILED',
          `domain '${existing.name}' is already defined with uuid ${existing.uuid}`,
          BY_LIST,
        );
      }
      if (forStart && existing.isActive) {
        throw VirError.of('OPERATION_INVALID', `domain '${existing.name}' is already active`, BY_LIST);
      }
      return { domain: existing, isNew: false };
    }
    const namesake = this.#list.byName(identity.name);
    if (namesake) {
      throw VirError.of(
        'OPERATION_FAILED',
        `domain '${namesake.name}' already exists with uuid ${namesake.uuid}`,
        BY_LIST,
      );
    }
    const domain = new DomainObject<D, R>(identity, this.#clock);
    this.#list.add(domain);
    return { domain, isNew: true };
  }

  remove(domain: DomainObject<D, R>): void {
    this.#list.remove(domain);
  }

  /** Lets the domain be found by its new name. @throws VirError OPERATION_INVALID when the name is taken */
  rename(domain: DomainObject<D, R>, name: string): void {
    if (this.#list.byName(name))
      throw VirError.of('OPERATION_INVALID', `domain with name '${name}' already exists`);
    this.#list.rename(domain, () => {
      domain.name = name;
    });
  }

  /** A number for a domain that starts: never one that was used since the daemon began. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** A domain that already ran when we began has this number. */
  noteId(id: number): void {
    this.#lastId = Math.max(this.#lastId, id);
  }
}
