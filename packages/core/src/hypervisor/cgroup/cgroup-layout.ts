import type { KernelFiles } from '../../ports/kernel-files.js';

/** Kinds of resources that the kernel shares out. */
export const controllers = [
  'cpu',
  'cpuacct',
  'cpuset',
  'memory',
  'devices',
  'freezer',
  'blkio',
  'pids',
] as const;
export type Controller = (typeof controllers)[number];

/** Where control groups are: a hierarchy of directories for each controller, one for all, or some of both. */
export interface CgroupLayout {
  /** Where the hierarchy of a controller of its own is mounted. */
  readonly separate: ReadonlyMap<Controller, string>;
  /** The hierarchy for all, with the controllers that it has. */
  readonly unified: { readonly mount: string; readonly controllers: ReadonlySet<string> } | undefined;
}

/** The control groups of this host, as its mounts show them. */
export async function readCgroupLayout(kernel: KernelFiles): Promise<CgroupLayout> {
  const mounts = parseMounts((await kernel.text('/proc/self/mountinfo')) ?? '');
  const separate = new Map<Controller, string>();
  let unified: string | undefined;
  for (const { type, target, options } of mounts) {
    if (type === 'cgroup2') unified ??= target;
    if (type !== 'cgroup') continue;
    for (const name of controllers)
      if (options.includes(name) && !separate.has(name)) separate.set(name, target);
  }
  if (unified === undefined) return { separate, unified: undefined };
  const names = ((await kernel.text(`${unified}/cgroup.controllers`)) ?? '')
    .split(' ')
    .filter((it) => it !== '');
  return { separate, unified: { mount: unified, controllers: new Set(names) } };
}

interface Mount {
  readonly type: string;
  readonly target: string;
  readonly options: readonly string[];
}

/** Lines of proc(5) `mountinfo`: what stands after the lone dash is type, source and the file system's own options. */
function parseMounts(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const target = before.split(' ')[4];
    const [type, , options = ''] = after.split(' ');
    if (target === undefined || type === undefined) return [];
    return [{ type, target, options: options.split(',') }];
  });
}
