import { systemError, VirError } from '@modvirt/core/errors';
import type { FileAttributes, FileInfo, Files, Logger, Owner, UserIds } from '@modvirt/core/ports';

// libvirt's way of giving a guest's files to the guest's user, and back: the first that gives one away notes its owner in
// extended attributes, with a count of the guests that use it, and the last gives it back. The notes of another boot count for
// nothing, because nobody was there to take them away.
const OWNER = 'trusted.libvirt.security.dac';
const USERS = 'trusted.libvirt.security.ref_dac';
const BOOT = 'trusted.libvirt.security.timestamp_dac';

const ROOT: Owner = { uid: 0, gid: 0 };

export interface OwnershipParts {
  readonly files: Files;
  readonly attributes: FileAttributes;
  readonly log: Logger;
  /** Whom guests run as; undefined: as ourselves, and files stay as they are. */
  readonly user: UserIds | undefined;
  /** Whether owners are noted and get their files back (`remember_owner`). */
  readonly remembers: boolean;
  /** When this host began to run, in seconds since 1970. */
  bootTime(): Promise<string>;
}

/** Gives files to the user that guests run as, and back. */
export class Ownership {
  readonly #parts: OwnershipParts;
  /** The last step on each path: notes are read and written by one at a time. */
  readonly #turns = new Map<string, Promise<void>>();

  constructor(parts: OwnershipParts) {
    this.#parts = parts;
  }

  /**
   * @param note whether the owner gets it back: not what many guests may read at once
   * @throws VirError SYSTEM_ERROR when there is no such file, or it cannot be given away
   */
  give(path: string, note: boolean): Promise<void> {
    const { user } = this.#parts;
    return user === undefined ? Promise.resolve() : this.#inTurn(path, () => this.#give(path, note, user));
  }

  /** The guest does not use it any more. A file that is gone, or cannot be given back, is reported in the log. */
  takeBack(path: string): Promise<void> {
    return this.#parts.user === undefined
      ? Promise.resolve()
      : this.#inTurn(path, async () => {
          try {
            await this.#takeBack(path);
          } catch (error) {
            this.#parts.log.warn('a file of a guest could not be given back', { path, error });
          }
        });
  }

  async #inTurn(path: string, step: () => Promise<void>): Promise<void> {
    const before = this.#turns.get(path) ?? Promise.resolve();
    const turn = before.then(step);
    const settled = turn.catch(() => undefined);
    this.#turns.set(path, settled);
    try {
      await turn;
    } finally {
      if (this.#turns.get(path) === settled) this.#turns.delete(path);
    }
  }

  async #give(path: string, note: boolean, user: UserIds): Promise<void> {
    const { files } = this.#parts;
    const info = await this.#look(path);
    // What is shared by all (a device node like /dev/null) belongs to nobody in particular.
    if (info.type === 'directory') return;
    if (note && this.#parts.remembers) await this.#note(path, info);
    if (info.uid === user.uid && info.gid === user.gid) return;
    try {
      await files.setOwner(path, user);
    } catch (error) {
      const text = `unable to set user and group to '${user.uid}:${user.gid}' on '${path}'`;
      throw inSecurity(systemError(error, text));
    }
  }

  async #look(path: string): Promise<FileInfo> {
    const info = await this.#parts.files.info(path, { follow: true });
    if (info !== undefined) return info;
    throw VirError.system(2, 'No such file or directory', `unable to stat: ${path}`, { domain: 'SECURITY' });
  }

  async #note(path: string, { uid, gid }: FileInfo): Promise<void> {
    const { attributes } = this.#parts;
    try {
      const users = await this.#users(path);
      if (users === 0) {
        await attributes.write(path, OWNER, `+${uid}:+${gid}`);
        await attributes.write(path, BOOT, await this.#parts.bootTime());
      }
      await attributes.write(path, USERS, String(users + 1));
    } catch (error) {
      this.#parts.log.debug('the owner of a file cannot be noted', { path, error });
    }
  }

  /** How many guests use it, by the notes of this boot. */
  async #users(path: string): Promise<number> {
    const { attributes } = this.#parts;
    const boot = await attributes.read(path, BOOT);
    if (boot !== undefined && boot !== (await this.#parts.bootTime())) return 0;
    const users = Number((await attributes.read(path, USERS)) ?? 0);
    return Number.isSafeInteger(users) && users > 0 ? users : 0;
  }

  async #takeBack(path: string): Promise<void> {
    const { files, attributes } = this.#parts;
    const info = await files.info(path, { follow: true });
    if (info === undefined || info.type === 'directory') return;
    const owner = this.#parts.remembers ? await this.#recall(path) : ROOT;
    if (owner === 'in use') return;
    await files.setOwner(path, owner);
    if (!this.#parts.remembers) return;
    for (const name of [OWNER, USERS, BOOT]) await attributes.write(path, name, undefined);
  }

  async #recall(path: string): Promise<Owner | 'in use'> {
    const { attributes } = this.#parts;
    try {
      const users = await this.#users(path);
      if (users > 1) {
        await attributes.write(path, USERS, String(users - 1));
        return 'in use';
      }
      return users === 1 ? parseOwner(await attributes.read(path, OWNER)) : ROOT;
    } catch (error) {
      this.#parts.log.debug('the owner of a file is not known', { path, error });
      return ROOT;
    }
  }
}

function parseOwner(text: string | undefined): Owner {
  const match = /^\+(\d+):\+(\d+)$/.exec(text ?? '');
  return match === null ? ROOT : { uid: Number(match[1]), gid: Number(match[2]) };
}

function inSecurity(error: unknown): unknown {
  return error instanceof VirError ? error.inDomain('SECURITY') : error;
}
