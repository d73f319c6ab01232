import type { Links } from '../../ports/links.js';

/** Names for the host's ends of guests' links: `vnet0`, `vnet1` …, none given twice until the numbers begin anew. */
export class DeviceNames {
  readonly #links: Links;
  readonly #last = new Map<string, number>();

  constructor(links: Links) {
    this.#links = links;
  }

  /** A name that no device has. @param prefix `vnet`, `macvtap` … */
  async next(prefix: string): Promise<string> {
    for (;;) {
      const number = (this.#last.get(prefix) ?? -1) + 1;
      this.#last.set(prefix, number);
      const name = `${prefix}${number}`;
      if (!(await this.#links.exists(name))) return name;
    }
  }

  /** A guest has this one already. */
  note(name: string): void {
    const [, prefix, digits] = /^([a-z]+)(\d{1,9})$/.exec(name) ?? [];
    if (prefix === undefined) return;
    this.#last.set(prefix, Math.max(this.#last.get(prefix) ?? -1, Number(digits)));
  }
}
