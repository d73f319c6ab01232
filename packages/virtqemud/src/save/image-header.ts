import { VirError } from '@modvirt/core/errors';

// The head of a file with a saved guest, as libvirt has it: 92 bytes in the byte order of the host that wrote it, the domain's
// XML, what its start must know besides, and room for a longer XML; then QEMU's stream.

export const HEADER_BYTES = 92;
/** What an edited XML may grow by. */
const ROOM_BYTES = 64 * 1024;
const VERSION = 2;
const MAGIC_BYTES = 16;
const PARTIAL = 'LibvirtQemudPart';
const COMPLETE = 'LibvirtQemudSave';

/** How the stream is packed; the number in the header is the place in this list. */
export const SAVE_FORMATS = ['raw', 'gzip', 'bzip2', 'xz', 'lzop', 'zstd', 'sparse'] as const;
export type SaveFormat = (typeof SAVE_FORMATS)[number];

export interface ImageHead {
  readonly wasRunning: boolean;
  readonly format: SaveFormat;
  readonly xml: string;
  /** What its start must know besides, as XML. */
  readonly cookie: string | undefined;
}

/** What the first bytes of an image say. */
export interface ImageFacts {
  readonly isComplete: boolean;
  readonly wasRunning: boolean;
  readonly format: SaveFormat;
  /** From behind the header to the stream. */
  readonly dataBytes: number;
  readonly cookieOffset: number;
}

/**
 * Everything in front of the stream, marked as not complete.
 *
 * @param align the stream begins at a multiple of this
 */
export function encodeHead(head: ImageHead, align = 1): Uint8Array {
  const xml = terminated(head.xml);
  const cookie = head.cookie === undefined ? new Uint8Array() : terminated(head.cookie);
  const used = HEADER_BYTES + xml.length + cookie.length + ROOM_BYTES;
  return assemble(head, { xml, cookie, totalBytes: Math.ceil(used / align) * align });
}

/**
 * The same for an image that is there: the stream stays where it is.
 *
 * @throws VirError OPERATION_FAILED when the new text is too long for it
 */
export function replaceHead(head: ImageHead, dataBytes: number): Uint8Array {
  const xml = terminated(head.xml);
  const cookie = head.cookie === undefined ? new Uint8Array() : terminated(head.cookie);
  if (xml.length + cookie.length > dataBytes) {
    throw VirError.of('OPERATION_FAILED', 'new xml too large to fit in file', { domain: 'QEMU' });
  }
  const bytes = assemble(head, { xml, cookie, totalBytes: HEADER_BYTES + dataBytes });
  bytes.set(completeMagic(), 0);
  return bytes;
}

/** What makes an image complete when it is written over its beginning. */
export function completeMagic(): Uint8Array {
  return new TextEncoder().encode(COMPLETE);
}

/** @throws VirError OPERATION_FAILED in libvirt's words for what is no image, or one of another version */
export function decodeHeader(bytes: Uint8Array): ImageFacts {
  if (bytes.length < HEADER_BYTES) throw refuse('failed to read qemu header');
  const magic = new TextDecoder('latin1').decode(bytes.subarray(0, MAGIC_BYTES));
  if (magic !== COMPLETE && magic !== PARTIAL) throw refuse('image magic is incorrect');
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const isSwapped = view.getUint32(16, true) > VERSION;
  const number = (offset: number): number => view.getUint32(offset, !isSwapped);
  const version = number(16);
  if (version > VERSION) {
    throw refuse(`image version is not supported (${version} > ${VERSION})`);
  }
  const [dataBytes, format] = [number(20), SAVE_FORMATS[number(28)]];
  if (dataBytes === 0) throw refuse('invalid header data length: 0');
  const cookieOffset = version < 2 ? 0 : number(32);
  if (cookieOffset > dataBytes) {
    throw refuse(`invalid cookieOffset: ${cookieOffset}`);
  }
  if (format === undefined) throw refuse(`Invalid compressed save format ${number(28)}`);
  return { isComplete: magic === COMPLETE, wasRunning: number(24) !== 0, format, dataBytes, cookieOffset };
}

/** XML and cookie in the bytes between header and stream. */
export function decodeTexts(
  data: Uint8Array,
  { cookieOffset }: ImageFacts,
): { readonly xml: string; readonly cookie: string | undefined } {
  const xml = textAt(data, 0);
  return { xml, cookie: cookieOffset === 0 ? undefined : textAt(data, cookieOffset) };
}

function refuse(text: string): VirError {
  return VirError.of('OPERATION_FAILED', text, { domain: 'QEMU' });
}

function terminated(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\0`);
}

function textAt(data: Uint8Array, offset: number): string {
  const end = data.indexOf(0, offset);
  return new TextDecoder().decode(data.subarray(offset, end < 0 ? data.length : end));
}

function assemble(
  head: ImageHead,
  parts: { readonly xml: Uint8Array; readonly cookie: Uint8Array; readonly totalBytes: number },
): Uint8Array {
  const bytes = new Uint8Array(parts.totalBytes);
  const view = new DataView(bytes.buffer);
  const fields = [
    VERSION,
    parts.totalBytes - HEADER_BYTES,
    head.wasRunning ? 1 : 0,
    SAVE_FORMATS.indexOf(head.format),
    parts.cookie.length === 0 ? 0 : parts.xml.length,
  ];
  bytes.set(new TextEncoder().encode(PARTIAL), 0);
  fields.forEach((value, index) => {
    view.setUint32(MAGIC_BYTES + 4 * index, value, true);
  });
  bytes.set(parts.xml, HEADER_BYTES);
  bytes.set(parts.cookie, HEADER_BYTES + parts.xml.length);
  return bytes;
}
