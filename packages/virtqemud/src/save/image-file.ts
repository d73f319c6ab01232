import { systemError, VirError } from '@modvirt/core/errors';
import type { Files, OpenFile, OpenFiles } from '@modvirt/core/ports';
import {
  completeMagic,
  decodeHeader,
  decodeTexts,
  HEADER_BYTES,
  type ImageFacts,
  type ImageHead,
  replaceHead,
} from './image-header.js';

export interface ImagePorts {
  readonly files: Files;
  readonly openFiles: OpenFiles;
}

/** An image that is open at the beginning of its stream. */
export interface OpenImage extends ImageHead {
  readonly path: string;
  readonly file: OpenFile;
  readonly facts: ImageFacts;
}

/** No text of a domain is longer: what says so is damaged. */
const MAX_DATA_BYTES = 128 * 1024 * 1024;

/**
 * Opens a saved guest and reads what stands in front of its stream. The caller closes the file.
 *
 * @throws VirError OPERATION_FAILED for what is none; SYSTEM_ERROR for a file that cannot be opened
 */
export async function openImage(
  ports: ImagePorts,
  path: string,
  access: 'read' | 'change' = 'read',
): Promise<OpenImage> {
  const file = await openFile(ports, path, access);
  try {
    const facts = decodeHeader(await file.read(HEADER_BYTES));
    if (!facts.isComplete)
      throw VirError.of('OPERATION_FAILED', 'save image is incomplete', { domain: 'QEMU' });
    if (facts.dataBytes > MAX_DATA_BYTES) throw unreadable();
    const data = await file.read(facts.dataBytes);
    if (data.length < facts.dataBytes) throw unreadable();
    const { wasRunning, format } = facts;
    return { path, file, facts, wasRunning, format, ...decodeTexts(data, facts) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function unreadable(): VirError {
  return VirError.of('OPERATION_FAILED', 'failed to read domain XML', { domain: 'QEMU' });
}

async function openFile(
  { openFiles }: ImagePorts,
  path: string,
  access: 'read' | 'change',
): Promise<OpenFile> {
  try {
    return await openFiles.open(path, { access });
  } catch (error) {
    throw inQemu(systemError(error, `Failed to open file '${path}'`));
  }
}

/** Runs `look` with an image that is closed afterwards. */
export async function withImage<T>(
  ports: ImagePorts,
  path: string,
  look: (image: OpenImage) => Promise<T>,
  access: 'read' | 'change' = 'read',
): Promise<T> {
  const image = await openImage(ports, path, access);
  try {
    return await look(image);
  } finally {
    await image.file.close();
  }
}

/**
 * Whether there is an image whose writing was broken off, or one that ends in its header: nothing starts from it.
 */
export async function isBrokenOff(ports: ImagePorts, path: string): Promise<boolean> {
  const file = await openFile(ports, path, 'read');
  try {
    const header = await file.read(HEADER_BYTES);
    return header.length < HEADER_BYTES || !decodeHeader(header).isComplete;
  } finally {
    await file.close();
  }
}

/** Puts another head in front of the stream. @throws VirError OPERATION_FAILED when it does not fit */
export async function rewriteHead({ file, facts }: OpenImage, head: ImageHead): Promise<void> {
  await file.writeAt(0, replaceHead(head, facts.dataBytes));
  await file.sync();
}

/**
 * Makes a file for a stream, or empties the one that is there, and lets `write` fill it. When that fails, a file that was made
 * is removed again.
 *
 * @throws VirError SYSTEM_ERROR when there can be no such file
 */
export async function writeNewFile(
  ports: ImagePorts,
  path: string,
  write: (file: OpenFile) => Promise<void>,
): Promise<void> {
  let file: OpenFile;
  try {
    file = await ports.openFiles.open(path, { access: 'replace' });
  } catch (error) {
    throw inQemu(systemError(error, `Failed to create file '${path}'`));
  }
  let isWritten = false;
  try {
    await write(file);
    isWritten = true;
  } finally {
    await file.close();
    if (!isWritten && (await isRegular(ports.files, path))) await ports.files.remove(path);
  }
}

/** The image holds all that it shall: only now it counts. */
export async function markComplete(ports: ImagePorts, path: string): Promise<void> {
  // Through a descriptor of its own: the other one may be made for whole blocks.
  const file = await openFile(ports, path, 'change');
  try {
    await file.writeAt(0, completeMagic());
    await file.sync();
  } catch (error) {
    throw inQemu(systemError(error, `unable to write ${path}`));
  } finally {
    await file.close();
  }
}

async function isRegular(files: Files, path: string): Promise<boolean> {
  return (await files.info(path))?.type === 'file';
}

function inQemu(error: unknown): unknown {
  return error instanceof VirError ? error.inDomain('QEMU') : error;
}
