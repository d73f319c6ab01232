import { systemError } from '../../errors/system-error.js';
import { VirError } from '../../errors/vir-error.js';
import type { CgroupFiles } from '../../ports/kernel-files.js';
import { type CgroupLayout, type Controller, controllers } from './cgroup-layout.js';

/** A controller as one group has it. */
export interface GroupPlace {
  readonly directory: string;
  readonly isUnified: boolean;
}

/** One control group: the same path in every hierarchy of the host. */
export class Cgroup {
  readonly kernel: CgroupFiles;
  readonly path: string;
  readonly #layout: CgroupLayout;

  constructor(kernel: CgroupFiles, layout: CgroupLayout, path: string) {
    this.kernel = kernel;
    this.#layout = layout;
    this.path = path;
  }

  /** Where a controller has this group; undefined where the host has no such controller. */
  place(controller: Controller): GroupPlace | undefined {
    const { separate, unified } = this.#layout;
    const mount = separate.get(controller);
    if (mount !== undefined) return { directory: mount + this.path, isUnified: false };
    if (unified === undefined || !isUnifiedController(controller, unified.controllers)) return undefined;
    return { directory: unified.mount + this.path, isUnified: true };
  }

  /** @throws VirError OPERATION_INVALID `cgroup CPU controller is not mounted` and the like */
  require(controller: Controller, missing: string): GroupPlace {
    const place = this.place(controller);
    if (place === undefined) throw VirError.of('OPERATION_INVALID', missing);
    return place;
  }

  /** Every directory that the group is, each once. */
  get directories(): readonly string[] {
    const places = controllers.map((it) => this.place(it)?.directory).filter((it) => it !== undefined);
    return [...new Set(places)];
  }

  /** Where the hierarchies are mounted that have this group. */
  get mounts(): readonly string[] {
    return this.directories.map((it) => it.slice(0, it.length - this.path.length));
  }

  /** @param options.above also makes the groups above it that are missing */
  async create({ above }: { readonly above: boolean }): Promise<void> {
    const parts = this.path.split('/').filter((it) => it !== '');
    for (let count = above ? 1 : parts.length; count <= parts.length; count++) {
      const part = new Cgroup(this.kernel, this.#layout, `/${parts.slice(0, count).join('/')}`);
      for (const directory of part.directories) await this.#makeOne(directory);
    }
  }

  async #makeOne(directory: string): Promise<void> {
    const parent = directory.slice(0, directory.lastIndexOf('/'));
    await this.#delegate(parent);
    try {
      if (!(await this.kernel.makeDirectory(directory))) return;
    } catch (error) {
      const controller = controllers.find((it) => this.place(it)?.directory === directory) ?? 'group';
      throw systemError(error, `Failed to create v1 controller ${controller} for group`);
    }
    await this.#inheritCpus(parent, directory);
  }

  /** In the hierarchy for all, a group's controllers are switched on from above. */
  async #delegate(parent: string): Promise<void> {
    const { unified } = this.#layout;
    if (unified === undefined || !parent.startsWith(unified.mount)) return;
    const wanted = ['cpu', 'cpuset', 'io', 'memory', 'pids'].filter((it) => unified.controllers.has(it));
    if (wanted.length === 0) return;
    await this.kernel.write(`${parent}/cgroup.subtree_control`, wanted.map((it) => `+${it}`).join(' '));
  }

  /** A new group of the old kind has no processors and no memory, and takes no process, until it is given some. */
  async #inheritCpus(parent: string, directory: string): Promise<void> {
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      if (this.#layout.separate.get('cpuset') === undefined) return;
      if (!directory.startsWith(`${this.#layout.separate.get('cpuset')}/`)) return;
      const text = await this.kernel.text(`${parent}/${file}`);
      if (text !== undefined) await this.kernel.write(`${directory}/${file}`, text);
    }
  }

  async add(pid: number): Promise<void> {
    for (const directory of this.directories) {
      await this.kernel.write(`${directory}/cgroup.procs`, String(pid));
    }
  }

  /** All that live in it. */
  async processes(): Promise<readonly number[]> {
    const [first] = this.directories;
    const text = first === undefined ? undefined : await this.kernel.text(`${first}/cgroup.procs`);
    return (text ?? '')
      .split('\n')
      .filter((it) => it !== '')
      .map(Number);
  }

  /** Forgets the group, and groups that were made inside it. Nobody may live in it any more. */
  async remove(): Promise<void> {
    for (const directory of this.directories) await removeTree(this.kernel, directory);
  }

  /** What a file of the group says. */
  async read(controller: Controller, file: string, unifiedFile = file): Promise<string | undefined> {
    const place = this.place(controller);
    if (place === undefined) return undefined;
    return this.kernel.text(`${place.directory}/${place.isUnified ? unifiedFile : file}`);
  }

  async write(place: GroupPlace, file: string, text: string): Promise<void> {
    const path = `${place.directory}/${file}`;
    try {
      await this.kernel.write(path, text);
    } catch (error) {
      if (isInvalid(error)) {
        throw VirError.of('INVALID_ARG', `Invalid value '${text}' for '${file}'`, { cause: error });
      }
      throw systemError(error, `Unable to write to '${path}'`);
    }
  }
}

async function removeTree(kernel: CgroupFiles, directory: string): Promise<void> {
  for (const name of await kernel.names(directory)) {
    const below = `${directory}/${name}`;
    // Files of a group are no directories: those have files of their own.
    if (await kernel.exists(`${below}/cgroup.procs`)) await removeTree(kernel, below);
  }
  await kernel.removeDirectory(directory);
}

function isUnifiedController(controller: Controller, present: ReadonlySet<string>): boolean {
  switch (controller) {
    case 'cpuacct':
      return present.has('cpu');
    case 'blkio':
      return present.has('io');
    case 'freezer':
      return true;
    case 'devices':
      return false;
    default:
      return present.has(controller);
  }
}

function isInvalid(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EINVAL';
}
