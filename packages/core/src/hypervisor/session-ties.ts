import type { Session } from '../driver/call.js';

/** Domains that end with the session that started them. */
export class SessionTies {
  readonly #ties = new Map<number, () => void>();

  /** @param destroy what the end of the session does to the domain with this id */
  tie(id: number, session: Session, destroy: () => void): void {
    this.#ties.set(id, session.onEnd(destroy));
  }

  /** The domain has ended by itself. */
  forget(id: number): void {
    this.#ties.get(id)?.();
    this.#ties.delete(id);
  }
}
