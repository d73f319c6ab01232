import type { Identity } from '../auth/identity.js';
import type { Session } from '../driver/call.js';
import type { Logger } from '../ports/logger.js';

export interface SessionFields {
  readonly id: number;
  readonly uri: string;
  readonly readOnly: boolean;
  readonly identity: Identity;
  readonly isDaemon: boolean;
}

/** One client's connection, as long as it is open. */
export class ServerSession implements Session {
  readonly id: number;
  readonly uri: string;
  readonly readOnly: boolean;
  readonly identity: Identity;
  readonly isDaemon: boolean;
  readonly #cleanUps = new Set<() => void>();
  readonly #log: Logger;
  #ended = false;

  constructor(fields: SessionFields, log: Logger) {
    this.id = fields.id;
    this.uri = fields.uri;
    this.readOnly = fields.readOnly;
    this.identity = fields.identity;
    this.isDaemon = fields.isDaemon;
    this.#log = log;
  }

  onEnd(cleanUp: () => void): () => void {
    if (this.#ended) {
      // A call that outlived its client: what it registers is over already.
      this.#run(cleanUp);
      return () => undefined;
    }
    this.#cleanUps.add(cleanUp);
    return () => void this.#cleanUps.delete(cleanUp);
  }

  end(): void {
    this.#ended = true;
    for (const cleanUp of this.#cleanUps) this.#run(cleanUp);
    this.#cleanUps.clear();
  }

  #run(cleanUp: () => void): void {
    try {
      cleanUp();
    } catch (error) {
      this.#log.error('clean-up of a session failed', { session: this.id, error });
    }
  }
}
