import type { Descriptors } from '../ports/descriptors.js';

/** Descriptors that are only numbers; says which are open. */
export class FakeDescriptors implements Descriptors {
  readonly #open = new Map<number, string>();
  #next = 100;

  /** A new one; `file` says what it stands for. */
  open(file: string): number {
    const descriptor = this.#next++;
    this.#open.set(descriptor, file);
    return descriptor;
  }

  fileOf(descriptor: number): string | undefined {
    return this.#open.get(descriptor);
  }

  get openCount(): number {
    return this.#open.size;
  }

  close(descriptor: number): void {
    this.#open.delete(descriptor);
  }

  duplicate(descriptor: number): number {
    const file = this.#open.get(descriptor);
    if (file === undefined)
      throw Object.assign(new Error('EBADF'), { code: 'EBADF', errno: -9, syscall: 'fcntl' });
    return this.open(file);
  }

  memoryFile(name: string, content: Uint8Array): number {
    return this.open(`memory ${name} ${new TextDecoder().decode(content)}`);
  }
}
