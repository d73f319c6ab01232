import { VirError } from '@modvirt/core/errors';
import { storageVolWipeAlgorithm as algorithms } from '@modvirt/core/protocol/constants';
import type { Volume } from '@modvirt/core/schema';
import { runCommand, type Tools } from '../files/tools.js';
import type { OpenVolume } from '../files/volume-files.js';

const SCRUB_MS = 86_400_000;
const CHUNK_BYTES = 1 << 20;

// What scrub(1) calls libvirt's algorithms.
const PATTERNS: ReadonlyMap<number, string> = new Map([
  [algorithms.nnsa, 'nnsa'],
  [algorithms.dod, 'dod'],
  [algorithms.bsi, 'bsi'],
  [algorithms.gutmann, 'gutmann'],
  [algorithms.schneier, 'schneier'],
  [algorithms.pfitzner7, 'pfitzner7'],
  [algorithms.pfitzner33, 'pfitzner33'],
  [algorithms.random, 'random'],
]);

export interface Wipe {
  /** Closed when it is done. */
  readonly file: OpenVolume;
  readonly volume: Volume;
  readonly algorithm: number;
  readonly tools: Tools;
  readonly signal: AbortSignal;
}

/** Overwrites what a volume holds. */
export async function wipeFile({ file, volume, algorithm, tools, signal }: Wipe): Promise<void> {
  try {
    if (algorithm === algorithms.zero) {
      await writeZeros(file, volume, signal);
      return;
    }
    const pattern = PATTERNS.get(algorithm);
    if (pattern === undefined) {
      throw VirError.of('ARGUMENT_UNSUPPORTED', "'trim' algorithm not supported", { domain: 'STORAGE' });
    }
    const path = volume.target.path ?? '';
    await runCommand(tools, ['scrub', '-f', '-p', pattern, path], { timeoutMs: SCRUB_MS, signal });
  } finally {
    await file.close();
  }
}

async function writeZeros(file: OpenVolume, volume: Volume, signal: AbortSignal): Promise<void> {
  const size = file.sizeBytes;
  // A file with holes need not be written: what it held goes with its blocks.
  if (volume.type === 'file' && volume.allocation < size) {
    await file.truncate(0n);
    await file.truncate(size);
    return;
  }
  const zeros = new Uint8Array(CHUNK_BYTES);
  for (let at = 0n; at < size; at += BigInt(CHUNK_BYTES)) {
    signal.throwIfAborted();
    const left = size - at;
    await file.write(left < BigInt(CHUNK_BYTES) ? zeros.subarray(0, Number(left)) : zeros, at);
  }
}
