import type { ServiceManager } from '../ports/service-manager.js';

/** A service manager that notes what it is told. */
export class FakeServiceManager implements ServiceManager {
  readonly lines: string[] = [];
  readonly stored = new Map<string, readonly number[]>();
  readonly watchdogIntervalMs: number | undefined;
  readonly isSocketActivated: boolean;
  readonly #descriptors: Map<string, readonly number[]>;

  constructor(descriptors: { readonly [name: string]: readonly number[] } = {}, watchdogIntervalMs?: number) {
    this.#descriptors = new Map(Object.entries(descriptors));
    this.isSocketActivated = this.#descriptors.size > 0;
    this.watchdogIntervalMs = watchdogIntervalMs;
  }

  notify(...lines: readonly string[]): boolean {
    this.lines.push(...lines);
    return true;
  }

  takeDescriptors(name: string): readonly number[] {
    const taken = this.#descriptors.get(name) ?? [];
    this.#descriptors.delete(name);
    return taken;
  }

  descriptorNames(): readonly string[] {
    return [...this.#descriptors.keys()];
  }

  storeDescriptors(name: string, descriptors: readonly number[]): boolean {
    this.stored.set(name, descriptors);
    return true;
  }

  forgetDescriptors(name: string): boolean {
    return this.stored.delete(name);
  }
}
