import type { Files } from '@modvirt/core/ports';

// What QEMU calls the architectures of its programs, where libvirt has another name.
const TARGETS: Readonly<Record<string, string>> = {
  i686: 'i386',
  armv6l: 'arm',
  armv7l: 'arm',
  parisc: 'hppa',
};

/** Those that QEMU has programs for, in libvirt's order. */
const EMULATED = [
  'alpha',
  'armv6l',
  'armv7l',
  'aarch64',
  'i686',
  'loongarch64',
  'm68k',
  'microblaze',
  'microblazeel',
  'mips',
  'mipsel',
  'mips64',
  'mips64el',
  'parisc',
  'ppc',
  'ppc64',
  'ppc64le',
  'riscv32',
  'riscv64',
  's390x',
  'sh4',
  'sh4eb',
  'sparc',
  'sparc64',
  'x86_64',
  'xtensa',
  'xtensaeb',
] as const;

/** Names under which distributions install the emulator of the host's own architecture, besides QEMU's. */
const NATIVE = ['/usr/libexec/qemu-kvm', 'qemu-kvm', 'kvm'];

/** The emulators that are installed. */
export class Emulators {
  readonly #files: Files;
  readonly #directories: readonly string[];
  readonly #hostArch: string;
  /** When programs were last put into the directories, and what was found since. */
  #stamp = '';
  readonly #found = new Map<string, string | undefined>();

  constructor(files: Files, directories: readonly string[], hostArch: string) {
    this.#files = files;
    this.#directories = directories;
    this.#hostArch = hostArch;
  }

  /** The emulator for guests of an architecture; the host's own where none is named. */
  async find(arch: string = this.#hostArch, signal?: AbortSignal): Promise<string | undefined> {
    const known = this.#found.get(arch);
    if (known !== undefined && (await this.#isProgram(known, signal))) return known;
    this.#found.delete(arch);
    return this.#findNow(arch, signal);
  }

  /** Every architecture that guests may have here, with its emulator. */
  async all(signal?: AbortSignal): Promise<readonly { readonly arch: string; readonly emulator: string }[]> {
    await this.#look(signal);
    const found = await Promise.all(EMULATED.map((arch) => this.#findNow(arch, signal)));
    return EMULATED.flatMap((arch, index) => {
      const emulator = found[index];
      return emulator === undefined ? [] : [{ arch, emulator }];
    });
  }

  /** Forgets what was found when a directory has changed. */
  async #look(signal: AbortSignal | undefined): Promise<void> {
    const options = { follow: true, ...(signal === undefined ? {} : { signal }) };
    const infos = await Promise.all(
      [...this.#directories, '/usr/libexec'].map((path) => this.#files.info(path, options)),
    );
    const stamp = infos.map((it) => String(it?.modifiedNs)).join();
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    this.#found.clear();
  }

  async #findNow(arch: string, signal: AbortSignal | undefined): Promise<string | undefined> {
    if (this.#found.has(arch)) return this.#found.get(arch);
    let found: string | undefined;
    for (const name of this.#namesFor(arch)) {
      found ??= await this.#lookUp(name, signal);
    }
    this.#found.set(arch, found);
    return found;
  }

  #namesFor(arch: string): readonly string[] {
    const own = `qemu-system-${TARGETS[arch] ?? arch}`;
    if (arch === 'ppc64le') return [own, 'qemu-system-ppc64'];
    const isNative = arch === this.#hostArch || (arch === 'i686' && this.#hostArch === 'x86_64');
    return isNative ? [own, `qemu-system-${this.#hostArch}`, ...NATIVE] : [own];
  }

  async #lookUp(name: string, signal: AbortSignal | undefined): Promise<string | undefined> {
    const places = name.startsWith('/') ? [name] : this.#directories.map((it) => `${it}/${name}`);
    for (const path of places) {
      if (await this.#isProgram(path, signal)) return path;
    }
    return undefined;
  }

  async #isProgram(path: string, signal: AbortSignal | undefined): Promise<boolean> {
    const info = await this.#files.info(path, { follow: true, ...(signal === undefined ? {} : { signal }) });
    return info?.type === 'file' && (info.mode & 0o111) !== 0;
  }
}
