import type { DriverPaths } from '@modvirt/core/uri';

/** What belongs to one run of a container, by its name. */
export interface ContainerPaths {
  /** Where its root is put together. */
  readonly root: string;
  /** The supervisor's, for us. */
  readonly socket: string;
  readonly pidFile: string;
}

export function containerPaths({ state }: DriverPaths, name: string): ContainerPaths {
  return { root: `${state}/${name}.root`, socket: `${state}/${name}.sock`, pidFile: `${state}/${name}.pid` };
}
