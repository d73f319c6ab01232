import type { Uuid } from '../wire/uuid.js';

/** What the list needs to know of its objects. */
export interface NamedObject {
  readonly uuid: Uuid;
  readonly name: string;
}

/** Domains, networks, pools …: found by UUID and by name, iterated in the order they were added. */
export class ObjectList<T extends NamedObject> implements Iterable<T> {
  readonly #byUuid = new Map<Uuid, T>();
  readonly #byName = new Map<string, T>();

  get size(): number {
    return this.#byUuid.size;
  }

  byUuid(uuid: Uuid): T | undefined {
    return this.#byUuid.get(uuid);
  }

  byName(name: string): T | undefined {
    return this.#byName.get(name);
  }

  /** Both keys must be free: the caller has checked, with the error its clients expect. */
  add(object: T): void {
    if (this.#byUuid.has(object.uuid) || this.#byName.has(object.name)) {
      throw new Error(`object ${object.name} is in the list already`);
    }
    this.#byUuid.set(object.uuid, object);
    this.#byName.set(object.name, object);
  }

  remove(object: T): void {
    if (this.#byUuid.get(object.uuid) !== object) return;
    this.#byUuid.delete(object.uuid);
    this.#byName.delete(object.name);
  }

  /** Makes the object be found by its new name; `change` gives it that name. */
  rename(object: T, change: () => void): void {
    this.#byName.delete(object.name);
    change();
    this.#byName.set(object.name, object);
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.#byUuid.values();
  }
}
