import type { CgroupFiles } from '@modvirt/core/ports';

/** Names of the host's ends of cables: the first that nobody has. */
export class HostNames {
  readonly #kernel: Pick<CgroupFiles, 'names'>;
  readonly #taken = new Set<string>();

  constructor(kernel: Pick<CgroupFiles, 'names'>) {
    this.#kernel = kernel;
  }

  async take(): Promise<string> {
    const there = new Set(await this.#kernel.names('/sys/class/net'));
    for (let number = 0; ; number++) {
      const name = `vnet${number}`;
      if (there.has(name) || this.#taken.has(name)) continue;
      this.#taken.add(name);
      return name;
    }
  }

  giveBack(name: string): void {
    this.#taken.delete(name);
  }
}
