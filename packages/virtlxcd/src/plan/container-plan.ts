/** One step of the supervisor: its name and its words. */
export type PlanStep = readonly [name: string, ...words: (string | number | bigint)[]];

/** A device as the kernel names it. */
export interface AllowedDevice {
  readonly type: 'b' | 'c';
  readonly major: number;
  readonly minor?: number;
}

/** A namespace that the container has with others, by the file that stands for it. */
export interface SharedNamespace {
  readonly kind: 'net' | 'ipc' | 'uts';
  readonly path: string;
}

/** An image that is needed as a device before the container is made. */
export interface LoopImage {
  readonly file: string;
  readonly readonly: boolean;
}

/** All that starting a container does, as data. */
export interface ContainerPlan {
  /** Where its root is put together. */
  readonly rootDirectory: string;
  readonly steps: readonly PlanStep[];
  readonly consoleCount: number;
  readonly devices: readonly AllowedDevice[];
  /** Its descriptors are given to the supervisor from number `FIRST_NAMESPACE` on, in this order. */
  readonly namespaces: readonly SharedNamespace[];
  readonly hasOwnNetwork: boolean;
}

/** Below it are the plan, the way to the daemon, and the socket for its successors. */
export const FIRST_NAMESPACE = 6;

/** The plan as the supervisor reads it: each step the number of its words, and the words, with a zero byte after each. */
export function encodePlan(steps: readonly PlanStep[]): Uint8Array {
  const text = steps.map((words) => `${[words.length, ...words].map(String).join('\0')}\0`).join('');
  return new TextEncoder().encode(text);
}
