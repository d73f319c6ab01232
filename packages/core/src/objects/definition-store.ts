import { systemError } from '../errors/system-error.js';
import { VirError } from '../errors/vir-error.js';
import type { Files } from '../ports/files.js';
import type { Logger } from '../ports/logger.js';
import { fileNameFor } from './file-name.js';

const ENAMETOOLONG = 36;
const MAX_FILE_NAME = 255;

export interface DefinitionStorePlaces {
  /** Where definitions are: one `NAME.xml` each. */
  readonly directory: string;
  /** Where the links are that say which of them start by themselves; absent when the kind has none. */
  readonly autostartDirectory?: string;
  /** What the objects are called in errors. */
  readonly kind: string;
}

export interface StoredDefinition {
  /** The file's base name without `.xml`. */
  readonly name: string;
  readonly text: string;
  readonly autostart: boolean;
}

/** Files read at once when loading: enough to keep the disk busy, few enough to leave threads for others. */
const READ_AT_ONCE = 3;
const EXTENSION = '.xml';
/** Errors of writing, not of opening. */
const NO_ROOM = ['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'];

/** Definitions of domains, networks, pools … as files, and their autostart links, as libvirt keeps them. */
export class DefinitionStore {
  readonly #places: DefinitionStorePlaces;
  readonly #files: Files;
  readonly #log: Logger;

  constructor(places: DefinitionStorePlaces, files: Files, log: Logger) {
    this.#places = places;
    this.#files = files;
    this.#log = log;
  }

  path(name: string): string {
    return `${this.#places.directory}/${fileNameFor(this.#places.kind, name, EXTENSION)}`;
  }

  /** Durable when it resolves. @throws VirError SYSTEM_ERROR … with the path, e.g. when the disk is full */
  async save(name: string, text: string): Promise<void> {
    this.#refuseLong(name);
    const path = this.path(name);
    try {
      await this.#replace(path, text);
    } catch (error) {
      const what = hasCode(error, ...NO_ROOM) ? 'cannot write data to file' : 'Failed to create file';
      throw systemError(error, `${what} '${path}.new'`);
    }
  }

  async #replace(path: string, text: string): Promise<void> {
    try {
      await this.#files.replace(path, text, { mode: 0o600 });
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
      await this.#files.ensureDirectory(this.#places.directory, { mode: 0o700 });
      await this.#files.replace(path, text, { mode: 0o600 });
    }
  }

  /** The name of a file while it is written is longer than afterwards: libvirt's, whoever comes after us. */
  #refuseLong(name: string): void {
    const written = `${name}${EXTENSION}.new`;
    if (new TextEncoder().encode(written).length <= MAX_FILE_NAME) return;
    const text = `Failed to create file '${this.#places.directory}/${written}'`;
    throw VirError.system(ENAMETOOLONG, 'File name too long', text);
  }

  /** Forgets definition and link. */
  async remove(name: string): Promise<void> {
    const path = this.path(name);
    await this.#guard(`cannot remove config ${path}`, async () => {
      const link = this.#linkPath(name);
      await Promise.all([link, path].map((it) => it !== undefined && this.#files.remove(it)));
    });
  }

  async setAutostart(name: string, autostart: boolean): Promise<void> {
    const link = this.#linkPath(name);
    const directory = this.#places.autostartDirectory;
    if (link === undefined || directory === undefined) return;
    if (!autostart) {
      await this.#guard(
        `Failed to delete symlink '${link}'`,
        async () => void (await this.#files.remove(link)),
      );
      return;
    }
    const target = this.path(name);
    await this.#guard(`Failed to create symlink '${link}' to '${target}'`, async () => {
      await this.#files.ensureDirectory(directory, { mode: 0o700 });
      await this.#files.link(target, link);
    });
  }

  /** All that can be read. What cannot is reported, left as it is, and hides no other. */
  async load(onDefinition: (definition: StoredDefinition) => void): Promise<void> {
    const entries = await this.#files.list(this.#places.directory);
    const autostarted = await this.#autostarted();
    const names = entries
      .filter(({ type, name }) => (type === 'file' || type === 'link') && name.endsWith(EXTENSION))
      .map((entry) => entry.name.slice(0, -EXTENSION.length));
    const next = names[Symbol.iterator]();
    const readers = Array.from({ length: READ_AT_ONCE }, async () => {
      for (const name of next) await this.#loadOne(name, autostarted.has(name), onDefinition);
    });
    await Promise.all(readers);
  }

  async #loadOne(
    name: string,
    autostart: boolean,
    onDefinition: (definition: StoredDefinition) => void,
  ): Promise<void> {
    const path = `${this.#places.directory}/${name}${EXTENSION}`;
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(await this.#files.read(path));
      onDefinition({ name, text, autostart });
    } catch (error) {
      this.#log.error('definition cannot be used and is left as it is', { path, error });
    }
  }

  async #autostarted(): Promise<ReadonlySet<string>> {
    const directory = this.#places.autostartDirectory;
    if (directory === undefined) return new Set();
    const found = new Set<string>();
    for (const entry of await this.#files.list(directory)) {
      if (entry.type !== 'link' || !entry.name.endsWith(EXTENSION)) continue;
      const name = entry.name.slice(0, -EXTENSION.length);
      const target = await this.#files.readLink(`${directory}/${entry.name}`);
      if (target === `${this.#places.directory}/${entry.name}`) found.add(name);
      else this.#log.warn('autostart link points elsewhere and is ignored', { link: entry.name, target });
    }
    return found;
  }

  #linkPath(name: string): string | undefined {
    const directory = this.#places.autostartDirectory;
    if (directory === undefined) return undefined;
    return `${directory}/${fileNameFor(this.#places.kind, name, EXTENSION)}`;
  }

  async #guard(text: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw systemError(error, text);
    }
  }
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
