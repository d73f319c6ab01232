import { VirError } from '@modvirt/core/errors';
import { type EventLog, eventRows } from '@modvirt/core/events';
import { secretEventLifecycleType, secretUsageType } from '@modvirt/core/protocol/constants';
import type { Secret } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import type { SecretFiles } from './secrets/secret-files.js';

export interface SecretDriverParts {
  readonly files: SecretFiles;
  readonly events: EventLog;
  newUuid(): Uuid;
}

export interface HeldSecret {
  readonly definition: Secret;
  readonly value: Uint8Array | undefined;
}

export interface SecretReference {
  readonly uuid: Uuid;
  readonly usageType: number;
  readonly usageID: string;
}

const internal = (detail: string): VirError => VirError.of('INTERNAL_ERROR', detail, { domain: 'SECRET' });

/** All secrets. Those that are ephemeral are here alone; of all others a file has the same. */
export class SecretDriver {
  readonly parts: SecretDriverParts;
  readonly #secrets = new Map<Uuid, HeldSecret>();
  /** Changes wait for each other: files and memory must not part. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: SecretDriverParts) {
    this.parts = parts;
  }

  get all(): readonly HeldSecret[] {
    return [...this.#secrets.values()];
  }

  get holdsEphemeral(): boolean {
    return this.all.some((it) => it.definition.ephemeral);
  }

  async load(): Promise<void> {
    for (const secret of await this.parts.files.load()) this.#secrets.set(secret.definition.uuid, secret);
  }

  /** @throws VirError NO_SECRET */
  byUuid(uuid: Uuid): HeldSecret {
    const found = this.#secrets.get(uuid);
    if (found !== undefined) return found;
    throw VirError.of('NO_SECRET', `no secret with matching uuid '${uuid}'`, { domain: 'SECRET' });
  }

  /** @throws VirError NO_SECRET */
  byUsage(type: number, id: string): HeldSecret {
    const found = this.#withUsage(type, id);
    if (found !== undefined) return found;
    throw VirError.of('NO_SECRET', `no secret with matching usage '${id}'`, { domain: 'SECRET' });
  }

  define(definition: Secret): Promise<SecretReference> {
    return this.#inTurn(async () => {
      const known = this.#secrets.get(definition.uuid);
      this.#checkDefinition(definition, known);
      const { files } = this.parts;
      const value = known?.value;
      if (!definition.ephemeral) {
        await files.save(definition);
        if (known?.definition.ephemeral === true && value !== undefined)
          await files.saveValue(definition.uuid, value);
      } else if (known?.definition.ephemeral === false) {
        await files.remove(definition.uuid);
      }
      this.#secrets.set(definition.uuid, { definition, value });
      return this.#tellLifecycle(definition, 'defined');
    });
  }

  setValue(uuid: Uuid, value: Uint8Array): Promise<void> {
    return this.#inTurn(async () => {
      const { definition } = this.byUuid(uuid);
      const kept = Uint8Array.from(value);
      if (!definition.ephemeral) await this.parts.files.saveValue(uuid, kept);
      this.#secrets.set(uuid, { definition, value: kept });
      const secret = referenceOf(definition);
      this.#emit('secretValueChanged', secret, {});
    });
  }

  undefine(uuid: Uuid): Promise<void> {
    return this.#inTurn(async () => {
      const { definition } = this.byUuid(uuid);
      if (!definition.ephemeral) await this.parts.files.remove(uuid);
      this.#secrets.delete(uuid);
      this.#tellLifecycle(definition, 'undefined');
    });
  }

  #checkDefinition(definition: Secret, known: HeldSecret | undefined): void {
    const { usageType, usageID } = referenceOf(definition);
    if (known === undefined) {
      const other = this.#withUsage(usageType, usageID);
      if (other === undefined) return;
      throw internal(`a secret with UUID ${other.definition.uuid} already defined for use with ${usageID}`);
    }
    const old = referenceOf(known.definition);
    if (old.usageType !== usageType || old.usageID !== usageID)
      throw internal(`a secret with UUID ${definition.uuid} is already defined for use with ${old.usageID}`);
    if (known.definition.private && !definition.private)
      throw internal('cannot change private flag on existing secret');
  }

  /** Secrets that are for nothing are never found so. */
  #withUsage(type: number, id: string): HeldSecret | undefined {
    if (type === secretUsageType.none) return undefined;
    return this.all.find(({ definition }) => {
      const { usageType, usageID } = referenceOf(definition);
      return usageType === type && usageID === id;
    });
  }

  #tellLifecycle(definition: Secret, what: keyof typeof secretEventLifecycleType): SecretReference {
    const secret = referenceOf(definition);
    this.#emit('secretLifecycle', secret, { event: secretEventLifecycleType[what], detail: 0 });
    return secret;
  }

  #emit(row: 'secretLifecycle' | 'secretValueChanged', secret: SecretReference, fields: object): void {
    this.parts.events.emit({
      object: 'secret',
      eventId: eventRows[row].id,
      uuid: secret.uuid,
      name: secret.usageID,
      payload: { secret, ...fields },
    });
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const next = this.#last.then(change, change);
    this.#last = next;
    return next;
  }
}

export function referenceOf({ uuid, usage }: Secret): SecretReference {
  if (usage === undefined) return { uuid, usageType: secretUsageType.none, usageID: '' };
  return { uuid, usageType: secretUsageType[usage.type], usageID: usageIdOf(usage) };
}

function usageIdOf(usage: NonNullable<Secret['usage']>): string {
  switch (usage.type) {
    case 'none':
      return '';
    case 'volume':
      return usage.volume;
    case 'iscsi':
      return usage.target;
    case 'ceph':
    case 'tls':
    case 'vtpm':
      return usage.name;
  }
}
