import { systemError, VirError } from '@modvirt/core/errors';
import type { Files } from '@modvirt/core/ports';
import type { DriverPaths } from '@modvirt/core/uri';
import type { QemuDomain } from './qemu-domain.js';

/** Whoever keeps saved states: a driver. */
interface SaveKeeper {
  readonly parts: { readonly files: Files; readonly paths: DriverPaths };
}

const ENOENT = 2;

/** Where the state of a domain is kept that its next start goes on from. */
export function managedSavePath({ parts }: SaveKeeper, name: string): string {
  return `${parts.paths.save}/${name}.save`;
}

/** @throws VirError SYSTEM_ERROR when there is none, or it cannot be removed */
export async function removeManagedSave(keeper: SaveKeeper, domain: QemuDomain): Promise<void> {
  const path = managedSavePath(keeper, domain.name);
  const text = `Failed to remove managed save file '${path}'`;
  let existed = false;
  try {
    existed = await keeper.parts.files.remove(path);
  } catch (error) {
    throw systemError(error, text);
  }
  domain.hasManagedSave = false;
  if (!existed) throw VirError.system(ENOENT, 'No such file or directory', text, 'QEMU');
}

/** Names of all domains that have a saved state. */
export async function managedSaves({ parts }: SaveKeeper): Promise<ReadonlySet<string>> {
  const entries = await parts.files.list(parts.paths.save);
  return new Set(
    entries
      .filter((it) => it.type === 'file' && it.name.endsWith('.save'))
      .map((it) => it.name.slice(0, -'.save'.length)),
  );
}
