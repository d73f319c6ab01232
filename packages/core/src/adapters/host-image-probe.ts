import { constants } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { VirError } from '../errors/vir-error.js';
import type { ImageProbe, ImageSizes } from '../ports/image-probe.js';
import type { Processes } from '../ports/processes.js';
import { isLocalPath } from './mount-table.js';

/** How long storage may take to tell. */
const PROBE_MS = 5000;
const BLOCK_BYTES = 512n;
/** Of a qcow2 header: magic, and where the size of the disk stands. */
const QCOW2_MAGIC = 0x514649fb;
const QCOW2_SIZE_OFFSET = 24;
const HEADER_BYTES = 32;

/** Reads what is local itself; asks a helper that can be killed for all else, and for formats that it does not read. */
export class HostImageProbe implements ImageProbe {
  readonly #processes: Processes;

  constructor(processes: Processes) {
    this.#processes = processes;
  }

  async sizes(path: string, format: string, signal: AbortSignal): Promise<ImageSizes> {
    const mounts = await readFile('/proc/self/mountinfo', 'utf8');
    const isReadHere = format === 'raw' || format === 'qcow2';
    const found = isReadHere && isLocalPath(mounts, path) ? await readLocal(path, format) : undefined;
    return found ?? this.#ask(path, format, signal);
  }

  async head(path: string, bytes: number, signal: AbortSignal): Promise<Uint8Array> {
    const mounts = await readFile('/proc/self/mountinfo', 'utf8');
    if (isLocalPath(mounts, path)) return readHead(path, bytes);
    const command = ['head', '-c', String(bytes), '--', path] as const;
    const { status, stdout, stderr } = await this.#processes.runTool(command, {
      timeoutMs: PROBE_MS,
      signal,
    });
    if (status.type === 'exited' && status.code === 0) return stdout;
    const said = new TextDecoder().decode(stderr).trim();
    const code = said.endsWith('No such file or directory') ? { code: 'ENOENT' } : {};
    throw Object.assign(new Error(said), code);
  }

  async #ask(path: string, format: string, signal: AbortSignal): Promise<ImageSizes> {
    const run = async (command: readonly [string, ...string[]]): Promise<string> => {
      const { status, stdout, stderr } = await this.#processes.runTool(command, {
        timeoutMs: PROBE_MS,
        signal,
      });
      if (status.type === 'exited' && status.code === 0) return new TextDecoder().decode(stdout);
      throw VirError.of('INTERNAL_ERROR', new TextDecoder().decode(stderr).trim(), { domain: 'STORAGE' });
    };
    const [info, stat] = await Promise.all([
      run(['qemu-img', 'info', '--output=json', '--force-share', '-f', format, '--', path]),
      run(['stat', '-L', '-c', '%F:%s', '--', path]),
    ]);
    const sizes = JSON.parse(info) as { 'virtual-size': number; 'actual-size'?: number };
    const capacity = BigInt(sizes['virtual-size']);
    const length = /^regular.*:(\d+)/.exec(stat)?.[1];
    return {
      capacity,
      allocation: BigInt(sizes['actual-size'] ?? 0),
      physical: length === undefined ? capacity : BigInt(length),
    };
  }
}

/** Never waits for a writer or a terminal. */
async function readHead(path: string, bytes: number): Promise<Uint8Array> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const buffer = new Uint8Array(bytes);
    const { bytesRead } = await file.read(buffer, 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Undefined for what is no plain file. */
async function readLocal(path: string, format: string): Promise<ImageSizes | undefined> {
  const file = await open(path, 'r');
  try {
    const { size, blocks, ...stats } = await file.stat({ bigint: true });
    if ((stats.mode & 0o170000n) !== 0o100000n) return undefined;
    const sizes = { allocation: blocks * BLOCK_BYTES, physical: size };
    if (format === 'raw') return { capacity: size, ...sizes };
    const header = new Uint8Array(HEADER_BYTES);
    await file.read(header, 0, HEADER_BYTES, 0);
    const view = new DataView(header.buffer);
    if (view.getUint32(0) !== QCOW2_MAGIC) {
      throw VirError.of('INTERNAL_ERROR', `${path} is no image of format '${format}'`, { domain: 'STORAGE' });
    }
    return { capacity: view.getBigUint64(QCOW2_SIZE_OFFSET), ...sizes };
  } finally {
    await file.close();
  }
}
