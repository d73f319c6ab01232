import { VirError } from '../errors/vir-error.js';
import { type Scalar, string } from '../xml/scalars.js';

/** Processor architectures by libvirt's names. */
export const ARCHITECTURES: ReadonlySet<string> = new Set([
  'alpha',
  'armv6l',
  'armv7l',
  'armv7b',
  'aarch64',
  'cris',
  'i686',
  'ia64',
  'lm32',
  'loongarch64',
  'm68k',
  'microblaze',
  'microblazeel',
  'mips',
  'mipsel',
  'mips64',
  'mips64el',
  'openrisc',
  'parisc',
  'parisc64',
  'ppc',
  'ppcle',
  'ppc64',
  'ppc64le',
  'ppcemb',
  'riscv32',
  'riscv64',
  's390',
  's390x',
  'sh4',
  'sh4eb',
  'sparc',
  'sparc64',
  'unicore32',
  'x86_64',
  'xtensa',
  'xtensaeb',
]);

/** An architecture in a document. */
export const architecture: Scalar<string> = {
  ...string,
  shape: { type: 'choice', values: [...ARCHITECTURES] },
  parse(text) {
    if (ARCHITECTURES.has(text)) return text;
    throw VirError.of('CONFIG_UNSUPPORTED', `Unknown architecture ${text}`);
  },
};
