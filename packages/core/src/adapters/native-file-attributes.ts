import type { Native } from '@modvirt/native';
import type { FileAttributes } from '../ports/file-attributes.js';

export class NativeFileAttributes implements FileAttributes {
  readonly #native: Native;

  constructor(native: Native) {
    this.#native = native;
  }

  read(path: string, name: string): Promise<string | undefined> {
    return this.#native.readAttribute(path, name);
  }

  write(path: string, name: string, text: string | undefined): Promise<void> {
    return text === undefined
      ? this.#native.removeAttribute(path, name)
      : this.#native.writeAttribute(path, name, text);
  }
}
