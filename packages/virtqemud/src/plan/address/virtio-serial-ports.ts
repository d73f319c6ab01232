import { VirError } from '@modvirt/core/errors';

export interface VirtioSerialPlace {
  readonly controller: number;
  readonly bus: number;
  readonly port: number;
}

/** As many as a controller has that does not say. */
const DEFAULT_PORTS = 31;

/** The ports of the guest's virtio-serial controllers, and which are taken. */
export class VirtioSerialPorts {
  readonly #controllers = new Map<number, { readonly ports: number; readonly taken: Set<number> }>();

  /** @param ports how many; undefined: the default */
  addController(index: number, ports: number | undefined): void {
    if (this.#controllers.has(index)) {
      throw VirError.of(
        'INTERNAL_ERROR',
        `virtio serial controller with index ${index} already exists in the address set`,
      );
    }
    this.#controllers.set(index, { ports: ports ?? DEFAULT_PORTS, taken: new Set() });
  }

  /** Takes the port that stands in the definition. */
  take({ controller: index, bus, port }: VirtioSerialPlace): void {
    if (bus !== 0) throw VirError.of('XML_ERROR', `Unsupported virtio serial bus ${bus}`);
    const controller = this.#controllers.get(index);
    if (controller === undefined) {
      throw VirError.of('XML_ERROR', `virtio serial controller ${index} is missing`);
    }
    if (port > controller.ports) {
      throw VirError.of('XML_ERROR', `virtio serial controller ${index} does not have port ${port}`);
    }
    if (controller.taken.has(port)) {
      throw VirError.of('XML_ERROR', `virtio serial port ${port} on controller ${index} is already occupied`);
    }
    controller.taken.add(port);
  }

  /**
   * Takes the first free port; undefined when there is none.
   * @param from lowest port: port 0 is for consoles
   * @param wanted only this controller
   */
  takeNext(from: 0 | 1, wanted?: number): VirtioSerialPlace | undefined {
    const indexes = [...this.#controllers.keys()].sort((a, b) => a - b);
    for (const index of wanted === undefined ? indexes : [wanted]) {
      const controller = this.#controllers.get(index);
      if (controller === undefined) continue;
      for (let port: number = from; port < controller.ports; port++) {
        if (controller.taken.has(port)) continue;
        controller.taken.add(port);
        return { controller: index, bus: 0, port };
      }
    }
    return undefined;
  }

  /** The lowest index that no controller has. */
  get freeIndex(): number {
    let index = 0;
    while (this.#controllers.has(index)) index++;
    return index;
  }
}
