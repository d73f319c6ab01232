import { VirError } from '@modvirt/core/errors';
import { type ImageHeader, readImageHeader } from '@modvirt/core/images';
import type { StorageSource } from '../definition/types.js';
import { sourcePath } from './disk-chain.js';
import { parseBackingText } from './parse-backing-text.js';

/** An image of a chain, as it is found. */
export interface FoundImage {
  readonly source: StorageSource;
  readonly format: string;
  /** What the image says of itself; absent for what is not read. */
  readonly header?: ImageHeader;
  /** How the image above names it; absent for the first. */
  readonly named?: string;
  readonly dataFile?: StorageSource;
}

export interface ChainReader {
  /** The first bytes of a file or device. @throws Error with `code` ENOENT when it is not there */
  head(path: string): Promise<Uint8Array>;
  /** What is said of whom it was read as, in front of the system's words. */
  readonly reader?: string;
}

export interface ChainStart {
  readonly source: StorageSource;
  /** As the definition says; it is never guessed. */
  readonly format: string;
}

interface NextImage {
  readonly source: StorageSource;
  readonly format: string | undefined;
  readonly named?: string;
}

/** Formats of images that stand on others. */
const ABOVE_OTHERS = new Set(['cow', 'qcow', 'qcow2', 'qed', 'vmdk']);
const DEEPEST = 200;
const NO_SUCH_FILE = 2;
const internal = (detail: string): VirError => VirError.of('INTERNAL_ERROR', detail, { domain: 'STORAGE' });

/** The images that an image stands on, itself first, as their headers say. */
export async function readChain(start: ChainStart, reader: ChainReader): Promise<readonly FoundImage[]> {
  const found: FoundImage[] = [];
  const seen = new Set<string>();
  let next: NextImage | undefined = start;
  while (next !== undefined) {
    const { source, format, named }: NextImage = next;
    const path = localPath(source);
    const given = named === undefined ? {} : { named };
    if (path === undefined || (format !== undefined && !ABOVE_OTHERS.has(format))) {
      found.push({ source, format: format ?? 'raw', ...given });
      break;
    }
    if (seen.has(path) || seen.size > DEEPEST)
      throw internal(`backing store for ${path} is self-referential or too deeply nested`);
    seen.add(path);
    const header = await headerOf(path, found.at(-1), reader);
    checkGuess({ path, format, header, above: found.at(-1) });
    const said = format ?? header.format;
    // What a header says counts for the format that it is read as, and no other.
    const own = header.format === said ? header : undefined;
    found.push({
      source,
      format: said,
      ...(own === undefined ? {} : { header: own }),
      ...given,
      ...(own?.dataFile === undefined ? {} : { dataFile: besides(path, own.dataFile) }),
    });
    next = nextBelow(path, own);
  }
  return found;
}

function nextBelow(path: string, header: ImageHeader | undefined): NextImage | undefined {
  const { backing } = header ?? {};
  if (backing === undefined || backing.path === '') return undefined;
  return { source: besides(path, backing.path), format: backing.format, named: backing.path };
}

/** A file or device of this host: others are not read. */
export function localPath(source: StorageSource): string | undefined {
  return source.type === 'file' || source.type === 'block' ? sourcePath(source) : undefined;
}

/** What an image names, seen from where it lies. */
function besides(path: string, name: string): StorageSource {
  const source = parseBackingText(name);
  if (source.type !== 'file' || source.source?.file === undefined) return source;
  const { file } = source.source;
  if (file.startsWith('/')) return source;
  const directory = path.slice(0, path.lastIndexOf('/'));
  return { ...source, source: { ...source.source, file: `${directory}/${file}` } };
}

async function headerOf(
  path: string,
  above: FoundImage | undefined,
  reader: ChainReader,
): Promise<ImageHeader> {
  try {
    return readImageHeader(await reader.head(path));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    const what =
      above === undefined
        ? `Cannot access storage file '${path}'`
        : `Cannot access backing file '${path}' of storage file '${sourcePath(above.source)}'`;
    throw VirError.system(
      NO_SUCH_FILE,
      'No such file or directory',
      `${what}${reader.reader ?? ''}`,
      'STORAGE',
    );
  }
}

interface Guess {
  readonly path: string;
  readonly format: string | undefined;
  readonly header: ImageHeader;
  readonly above: FoundImage | undefined;
}

/** An image whose format nobody wrote down may have been written by a guest: what it stands on is not believed. */
function checkGuess({ path, format, header, above }: Guess): void {
  const isGuessed = format === undefined && above !== undefined;
  if (!isGuessed || (header.backing === undefined && header.dataFile === undefined)) return;
  throw VirError.of(
    'OPERATION_FAILED',
    `format of backing image '${path}' of image '${sourcePath(above.source)}' was not specified in the image metadata (See https://libvirt.org/kbase/backing_chains.html for troubleshooting)`,
    { domain: 'STORAGE' },
  );
}
