import { VirError } from '@modvirt/core/errors';
import { DefinitionStore } from '@modvirt/core/objects';
import type { Files, Logger } from '@modvirt/core/ports';
import { formatSecret, parseSecret, type Secret } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';

/** How values are kept from those who can read the disk but have no key. */
export interface Seal {
  /** Ends the names of files that are sealed so. */
  readonly suffix: string;
  close(value: Uint8Array): Uint8Array;
  /** @throws Error for what was sealed otherwise */
  open(sealed: Uint8Array): Uint8Array;
}

export interface SecretFilesParts {
  readonly directory: string;
  readonly files: Files;
  readonly log: Logger;
  /** Absent: values are kept as they are. */
  readonly seal: Seal | undefined;
}

export interface StoredSecret {
  readonly definition: Secret;
  readonly value: Uint8Array | undefined;
}

const PLAIN = 'base64';

/** Secrets on disk: `UUID.xml`, and beside it the value in base64. */
export class SecretFiles {
  readonly #parts: SecretFilesParts;
  readonly #store: DefinitionStore;

  constructor(parts: SecretFilesParts) {
    this.#parts = parts;
    const { directory, files, log } = parts;
    this.#store = new DefinitionStore({ directory, kind: 'secret' }, files, log);
  }

  async save(definition: Secret): Promise<void> {
    await this.#store.save(definition.uuid, formatSecret(definition));
  }

  async saveValue(uuid: Uuid, value: Uint8Array): Promise<void> {
    const { files, seal } = this.#parts;
    const bytes = seal === undefined ? value : seal.close(value);
    const path = this.#valuePath(uuid, seal?.suffix ?? PLAIN);
    await files.replace(path, Buffer.from(bytes).toString('base64'), { mode: 0o600 });
    // Kept from before there was a key.
    if (seal !== undefined) await files.remove(this.#valuePath(uuid, PLAIN));
  }

  async remove(uuid: Uuid): Promise<void> {
    const { files, seal } = this.#parts;
    // The value first: what is left after a crash in between has nothing to tell.
    for (const suffix of [PLAIN, ...(seal === undefined ? [] : [seal.suffix])]) {
      await files.remove(this.#valuePath(uuid, suffix));
    }
    await this.#store.remove(uuid);
  }

  /** All that can be read; what cannot is reported and left as it is. */
  async load(): Promise<readonly StoredSecret[]> {
    const definitions: Secret[] = [];
    await this.#store.load(({ name, text }) => {
      const definition = parseSecret(text, { newUuid: noUuid });
      if (definition.uuid === name) definitions.push(definition);
      else this.#parts.log.error('secret is not the one that its file is named for', { file: name });
    });
    const found: StoredSecret[] = [];
    for (const definition of definitions)
      found.push({ definition, value: await this.#value(definition.uuid) });
    return found;
  }

  async #value(uuid: Uuid): Promise<Uint8Array | undefined> {
    const { files, log, seal } = this.#parts;
    try {
      for (const suffix of [...(seal === undefined ? [] : [seal.suffix]), PLAIN]) {
        const path = this.#valuePath(uuid, suffix);
        if ((await files.info(path)) === undefined) continue;
        const kept = Buffer.from(new TextDecoder().decode(await files.read(path)), 'base64');
        return suffix === PLAIN || seal === undefined ? kept : seal.open(kept);
      }
    } catch (error) {
      log.error('value of a secret cannot be read and is left as it is', { secret: uuid, error });
    }
    return undefined;
  }

  #valuePath(uuid: Uuid, suffix: string): string {
    return `${this.#parts.directory}/${uuid}.${suffix}`;
  }
}

function noUuid(): never {
  throw VirError.of('XML_ERROR', 'secret without a UUID', { domain: 'SECRET' });
}
