import { writeSync } from 'node:fs';
import type { Native } from '@modvirt/native';
import type { Descriptors } from '../ports/descriptors.js';

export class NativeDescriptors implements Descriptors {
  readonly #native: Native;

  constructor(native: Native) {
    this.#native = native;
  }

  close(descriptor: number): void {
    this.#native.closeDescriptor(descriptor);
  }

  duplicate(descriptor: number): number {
    return this.#native.duplicate(descriptor);
  }

  memoryFile(name: string, content: Uint8Array): number {
    const descriptor = this.#native.memoryFile(name);
    for (let written = 0; written < content.length; ) {
      // By position, so that the descriptor stays at the beginning.
      written += writeSync(descriptor, content, written, content.length - written, written);
    }
    return descriptor;
  }
}
