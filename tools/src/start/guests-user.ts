import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Lets guests run as root where no other user could reach what they need: a checkout in root's home, most often. Guests of
 * daemons that do not run as root are their user's anyway. Whoever has a qemu.conf keeps it.
 *
 * @param places directories with what guests open
 * @param configuration where qemu.conf is
 * @returns what was done, to be told; undefined when there was nothing to do
 */
export function letGuestsReach(places: readonly string[], configuration: string): string | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const closed = places.map(closedDirectoryAbove).find((directory) => directory !== undefined);
  const file = join(configuration, 'qemu.conf');
  if (closed === undefined || existsSync(file)) return undefined;
  mkdirSync(configuration, { recursive: true });
  writeFileSync(file, `# Nobody but root may pass ${closed}.\nuser = "root"\ngroup = "root"\n`);
  return `Guests run as root here: nobody else may pass ${closed}`;
}

/** The nearest directory on the way that others may not pass. What does not exist yet will be open to them. */
function closedDirectoryAbove(path: string): string | undefined {
  const isClosed = existsSync(path) && (statSync(path).mode & 0o001) === 0;
  if (isClosed) return path;
  const above = dirname(path);
  return above === path ? undefined : closedDirectoryAbove(above);
}
