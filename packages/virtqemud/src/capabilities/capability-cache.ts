import { VirError } from '@modvirt/core/errors';
import type { FileInfo, Files, Logger } from '@modvirt/core/ports';
import type { ProbeResult } from './probe-result.js';
import { capsOf, type ProbedCaps } from './probed-caps.js';

/** What the answer depends on besides the emulator: another host, another kernel, another release of ours. */
export interface CacheContext {
  readonly version: string;
  readonly kernel: string;
  /** Whether guests can be run by KVM here. */
  usesKvm(): Promise<boolean>;
}

export interface CapabilityCacheParts {
  readonly directory: string;
  readonly files: Files;
  readonly log: Logger;
  readonly context: CacheContext;
  /** Name of the file for an emulator. */
  digest(text: string): string;
  probe(emulator: string, accelerator: 'kvm' | 'tcg', signal: AbortSignal): Promise<ProbeResult>;
}

/** Counts the changes of `ProbeResult`: an answer in another form is asked for again. */
const CACHE_FORM = 2;

interface Entry {
  readonly stamp: string;
  readonly result: ProbeResult;
}

interface Known {
  readonly stamp: string;
  readonly caps: Promise<ProbedCaps>;
}

/** The emulator for an architecture, where Debian and others put it. */
export function emulatorFor(arch: string | undefined): string {
  return `/usr/bin/qemu-system-${arch === undefined || arch === 'i686' ? 'x86_64' : arch}`;
}

/**
 * What emulators can do. Asked once for each binary and kept on disk; asked again when the binary, the kernel or we have changed.
 * Callers that need the same answer wait for one probe.
 */
export class CapabilityCache {
  readonly #parts: CapabilityCacheParts;
  readonly #known = new Map<string, Known>();

  constructor(parts: CapabilityCacheParts) {
    this.#parts = parts;
  }

  defaultEmulator(arch: string | undefined): string {
    return emulatorFor(arch);
  }

  /** @throws VirError when there is no such emulator, or it cannot be asked */
  async get(emulator: string, signal: AbortSignal): Promise<ProbedCaps> {
    const info = await this.#look(emulator, signal);
    const stamp = await this.#stamp(info);
    const known = this.#known.get(emulator);
    if (known?.stamp === stamp) return known.caps;
    const caps = this.#load(emulator, stamp);
    this.#known.set(emulator, { stamp, caps });
    caps.catch(() => this.#known.delete(emulator));
    return caps;
  }

  async #look(emulator: string, signal: AbortSignal): Promise<FileInfo> {
    const info = await this.#parts.files.info(emulator, { follow: true, signal });
    if (info === undefined) {
      throw VirError.system(2, 'No such file or directory', `Cannot check QEMU binary ${emulator}`, {
        domain: 'QEMU',
      });
    }
    if (info.type !== 'file' || (info.mode & 0o111) === 0) {
      throw VirError.of('INVALID_ARG', `QEMU binary ${emulator} is not executable`, { domain: 'QEMU' });
    }
    return info;
  }

  async #stamp(info: FileInfo): Promise<string> {
    const { context } = this.#parts;
    const kvm = (await context.usesKvm()) ? 'kvm' : 'tcg';
    return `${CACHE_FORM} ${info.modifiedNs} ${info.changedNs} ${info.sizeBytes} ${context.version} ${context.kernel} ${kvm}`;
  }

  async #load(emulator: string, stamp: string): Promise<ProbedCaps> {
    const path = `${this.#parts.directory}/${this.#parts.digest(emulator)}.json`;
    const cached = await this.#read(path);
    if (cached?.stamp === stamp) return capsOf(emulator, cached.result);
    const accelerator = (await this.#parts.context.usesKvm()) ? 'kvm' : 'tcg';
    // Others may be waiting for the same answer: one caller that goes does not take it from them.
    const result = await this.#parts.probe(emulator, accelerator, new AbortController().signal);
    await this.#write(path, { stamp, result });
    return capsOf(emulator, result);
  }

  async #read(path: string): Promise<Entry | undefined> {
    try {
      return JSON.parse(new TextDecoder().decode(await this.#parts.files.read(path)), reviveBigint) as Entry;
    } catch (error) {
      this.#parts.log.debug('no cached capabilities', { path, error });
      return undefined;
    }
  }

  // A cache that cannot be written costs time, nothing else.
  async #write(path: string, entry: Entry): Promise<void> {
    try {
      await this.#parts.files.ensureDirectory(this.#parts.directory, { mode: 0o755 });
      await this.#parts.files.replace(path, JSON.stringify(entry, replaceBigint), { mode: 0o600 });
    } catch (error) {
      this.#parts.log.warn('capabilities could not be cached', { path, error });
    }
  }
}

// JSON has no 64-bit integers.
function replaceBigint(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? { bigint: String(value) } : value;
}

function reviveBigint(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('bigint' in value)) return value;
  return BigInt(String(value.bigint));
}
