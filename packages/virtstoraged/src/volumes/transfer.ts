import type { CallStream } from '@modvirt/core/driver';
import { systemError, VirError } from '@modvirt/core/errors';
import type { OpenVolume } from '../files/volume-files.js';

/** What is read at once: large enough for the disk, small enough that several streams fit in memory. */
const CHUNK_BYTES = 1 << 20;
/** What holes are told apart by. */
const BLOCK_BYTES = 4096;

export interface Transfer {
  readonly offset: bigint;
  /** 0: to the end. */
  readonly length: bigint;
  readonly sparse: boolean;
}

/** Sends a volume's bytes; the stream ends with them. Zeros are holes where the client wants to know. */
export async function sendVolume(file: OpenVolume, stream: CallStream, transfer: Transfer): Promise<void> {
  const { offset, length, sparse } = transfer;
  const end = length === 0n ? undefined : offset + length;
  let hole = 0n;
  for (let at = offset; end === undefined || at < end; ) {
    const left = end === undefined ? BigInt(CHUNK_BYTES) : end - at;
    const buffer = new Uint8Array(left < BigInt(CHUNK_BYTES) ? Number(left) : CHUNK_BYTES);
    const count = await file.read(buffer, at);
    if (count === 0) break;
    at += BigInt(count);
    const bytes = buffer.subarray(0, count);
    if (!sparse) await stream.write(bytes);
    else hole = await sendSparse(stream, bytes, hole);
  }
  if (hole > 0n) await stream.writeHole(hole);
}

/** @returns how long the hole is that is still open */
async function sendSparse(stream: CallStream, bytes: Uint8Array, openHole: bigint): Promise<bigint> {
  let hole = openHole;
  let dataStart = -1;
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const end = Math.min(at + BLOCK_BYTES, bytes.length);
    if (!isZero(bytes.subarray(at, end))) {
      if (hole > 0n) await stream.writeHole(hole);
      hole = 0n;
      if (dataStart < 0) dataStart = at;
      continue;
    }
    if (dataStart >= 0) await stream.write(bytes.subarray(dataStart, at));
    dataStart = -1;
    hole += BigInt(end - at);
  }
  if (dataStart >= 0) await stream.write(bytes.subarray(dataStart));
  return hole;
}

function isZero(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte !== 0) return false;
  return true;
}

/** Writes what comes until the stream ends. @throws VirError for more than `length` bytes */
export async function receiveVolume(file: OpenVolume, stream: CallStream, transfer: Transfer): Promise<void> {
  const { offset, length } = transfer;
  let at = offset;
  for (let item = await stream.read(); item !== undefined; item = await stream.read()) {
    const size = item.type === 'data' ? BigInt(item.bytes.length) : item.length;
    if (length > 0n && at + size > offset + length) {
      throw VirError.of('OPERATION_FAILED', 'more data than was announced', { domain: 'STREAMS' });
    }
    if (item.type === 'data') await file.write(item.bytes, at);
    else await makeHole(file, at, size);
    at += size;
  }
}

/** Zeros, without writing what is zero already. */
async function makeHole(file: OpenVolume, start: bigint, length: bigint): Promise<void> {
  const end = start + length;
  const buffer = new Uint8Array(CHUNK_BYTES);
  const zeros = new Uint8Array(CHUNK_BYTES);
  let at = start;
  while (at < end) {
    const left = end - at;
    const count = await file.read(left < BigInt(CHUNK_BYTES) ? buffer.subarray(0, Number(left)) : buffer, at);
    if (count === 0) break;
    if (!isZero(buffer.subarray(0, count))) await file.write(zeros.subarray(0, count), at);
    at += BigInt(count);
  }
  if (at < end) await file.truncate(end);
}

/** Runs a transfer to its end: the client is told how it went, and the file is closed. */
export async function runTransfer(
  file: OpenVolume,
  stream: CallStream,
  transfer: () => Promise<void>,
): Promise<boolean> {
  try {
    await transfer();
    stream.finish();
    return true;
  } catch (error) {
    if (stream.signal.aborted) return false;
    const said = systemError(error, 'cannot go on with the volume');
    if (!(said instanceof VirError)) throw error;
    stream.abort(said);
    return false;
  } finally {
    await file.close();
  }
}
