import { VirError } from '@modvirt/core/errors';

/** Ports of a hub. */
export const USB_HUB_PORTS = 8;

/** Port numbers from the controller downwards: `1.3` is [1, 3]. */
export type UsbPortPath = readonly number[];

interface Hub {
  readonly path: UsbPortPath;
  readonly ports: number;
  readonly taken: Set<number>;
  readonly children: Map<number, Hub>;
}

function newHub(path: UsbPortPath, ports: number): Hub {
  return { path, ports, taken: new Set(), children: new Map() };
}

/** `1.3`. */
export function formatUsbPort(path: UsbPortPath): string {
  return path.join('.');
}

/** The guest's USB buses, hubs and ports, and which are taken. */
export class UsbPorts {
  readonly #buses = new Map<number, Hub>();

  addBus(index: number, ports: number): void {
    if (this.#buses.has(index)) {
      throw VirError.of('XML_ERROR', `Duplicate USB controllers with index ${index}`);
    }
    this.#buses.set(index, newHub([], ports));
  }

  hasBus(index: number): boolean {
    return this.#buses.has(index);
  }

  /** Plugs a hub in at `path`. */
  addHub(bus: number, path: UsbPortPath): void {
    this.take(bus, path);
    this.addChildren(bus, path);
  }

  /** What is plugged in at `path` is a hub: it has ports of its own. */
  addChildren(bus: number, path: UsbPortPath): void {
    const { hub, port } = this.#parent(bus, path);
    hub.children.set(port, newHub(path, USB_HUB_PORTS));
  }

  /** Takes the port that stands in the definition. */
  take(bus: number, path: UsbPortPath): void {
    const { hub, port } = this.#parent(bus, path);
    this.#takePort(bus, hub, port, path);
  }

  /** Takes the first free port, nearest to the controller; undefined when there is none. */
  takeNext(wantedBus?: number): { readonly bus: number; readonly path: UsbPortPath } | undefined {
    const indexes = [...this.#buses.keys()].sort((a, b) => a - b);
    for (const bus of wantedBus === undefined ? indexes : [wantedBus]) {
      const root = this.#buses.get(bus);
      if (root === undefined) {
        throw VirError.of(
          'XML_ERROR',
          `USB bus ${bus} requested but no controller with that index is present`,
        );
      }
      const path = takeFree(root);
      if (path !== undefined) return { bus, path };
    }
    return undefined;
  }

  /** How many ports are not taken. */
  get freePorts(): number {
    return [...this.#buses.values()].reduce((sum, hub) => sum + countFree(hub), 0);
  }

  #parent(bus: number, path: UsbPortPath): { hub: Hub; port: number } {
    let hub = this.#buses.get(bus);
    if (hub === undefined) {
      throw VirError.of('XML_ERROR', `Missing USB bus ${bus}`);
    }
    for (const port of path.slice(0, -1)) {
      const child: Hub | undefined = hub.children.get(port);
      if (child === undefined) {
        throw VirError.of(
          'XML_ERROR',
          `there is no hub at port ${port} in USB address bus: ${bus} port: ${formatUsbPort(path)}`,
        );
      }
      hub = child;
    }
    return { hub, port: path.at(-1) ?? 0 };
  }

  #takePort(bus: number, hub: Hub, port: number, path: UsbPortPath): void {
    if (port < 1 || port > hub.ports) {
      throw VirError.of(
        'XML_ERROR',
        `requested USB port ${formatUsbPort(path)} not present on USB bus ${bus}`,
      );
    }
    if (hub.taken.has(port)) {
      throw VirError.of('XML_ERROR', `Duplicate USB address bus ${bus} port ${formatUsbPort(path)}`);
    }
    hub.taken.add(port);
  }
}

function takeFree(hub: Hub): UsbPortPath | undefined {
  for (let port = 1; port <= hub.ports; port++) {
    if (hub.taken.has(port)) continue;
    hub.taken.add(port);
    return [...hub.path, port];
  }
  for (const port of [...hub.children.keys()].sort((a, b) => a - b)) {
    const child = hub.children.get(port);
    const path = child === undefined ? undefined : takeFree(child);
    if (path !== undefined) return path;
  }
  return undefined;
}

function countFree(hub: Hub): number {
  const below = [...hub.children.values()].reduce((sum, child) => sum + countFree(child), 0);
  return hub.ports - hub.taken.size + below;
}
