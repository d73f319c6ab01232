import { arch, endianness } from 'node:os';
import type { HostReader } from '../hypervisor/host/host-reader.js';
import type { Files } from '../ports/files.js';
import type { KernelFiles } from '../ports/kernel-files.js';

/** The machine that we run on, as Linux shows it. */
export async function linuxHostReader(kernel: KernelFiles, files: Files): Promise<HostReader> {
  return {
    kernel,
    arch: hostArch(),
    pageSizeKiB: await pageSizeKiB(files),
    ticksPerSecond: TICKS_PER_SECOND,
  };
}

const AUXV = '/proc/self/auxv';
const AT_PAGESZ = 6n;

/** As the kernel told us when we began (getauxval(3)): pairs of words, each a kind and its value. */
async function pageSizeKiB(files: Files): Promise<number> {
  const bytes = await files.read(AUXV);
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 16 <= bytes.byteLength; at += 16) {
    if (words.getBigUint64(at, IS_LITTLE) === AT_PAGESZ)
      return Number(words.getBigUint64(at + 8, IS_LITTLE)) / 1024;
  }
  throw new Error(`${AUXV} does not tell the size of pages`);
}

const IS_LITTLE = endianness() === 'LE';

/** The unit of times in /proc on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

const ARCHES: Readonly<Record<string, string>> = {
  x64: 'x86_64',
  ia32: 'i686',
  arm64: 'aarch64',
  arm: 'armv7l',
  riscv64: 'riscv64',
  loong64: 'loongarch64',
  ppc64: 'ppc64le',
  s390x: 's390x',
};

/** The host's architecture by libvirt's name. */
export function hostArch(): string {
  return ARCHES[arch()] ?? arch();
}
