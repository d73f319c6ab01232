import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';
import type { PlanStep } from './container-plan.js';
import { mountFlag } from './mount-flags.js';

type Filesystem = Domain['devices']['filesystems'][number];

/** The root of a container that names none: the host's own. */
const HOST_ROOT: Filesystem = {
  type: 'mount',
  source: { dir: '/' },
  target: '/',
} as Filesystem;

export function rootFilesystem(filesystems: readonly Filesystem[]): Filesystem {
  return filesystems.find((it) => it.target === '/') ?? HOST_ROOT;
}

/** Those that are mounted inside, in the order of the definition. */
export function innerFilesystems(filesystems: readonly Filesystem[]): readonly Filesystem[] {
  return filesystems.filter((it) => it.target !== '/');
}

/** Steps that make the first thing at the container's root. */
export function rootSteps(root: Filesystem): readonly PlanStep[] {
  const flags = root.readonly ? mountFlag.readonly : 0;
  switch (root.type) {
    case 'mount':
      return [['base-bind', requireSource(root.source?.dir, root), flags]];
    case 'block':
      return [['base-device', requireSource(root.source?.dev, root), flags]];
    case 'file':
      return [loopStep(root, requireSource(root.source?.file, root)), ['base-device', LAST_LOOP, flags]];
    default:
      throw cannotMount(root);
  }
}

/** The steps of one file system below the root. */
export function filesystemSteps(fs: Filesystem): readonly PlanStep[] {
  const target = fs.target ?? '';
  const flags = fs.readonly ? mountFlag.readonly : 0;
  switch (fs.type) {
    case 'mount':
      return [['bind', requireSource(fs.source?.dir, fs), target, flags]];
    case 'bind':
      return [['bind-inside', requireSource(fs.source?.dir, fs), target, flags]];
    case 'block':
      return [['mount-device', requireSource(fs.source?.dev, fs), target, flags]];
    case 'file':
      return [loopStep(fs, requireSource(fs.source?.file, fs)), ['mount-device', LAST_LOOP, target, flags]];
    case 'ram': {
      const data = `size=${fs.source?.usage ?? 0n}k`;
      return [['mount', 'tmpfs', target, 'tmpfs', mountFlag.noSuid | mountFlag.noDevices | flags, data]];
    }
    default:
      throw cannotMount(fs);
  }
}

/** The supervisor puts the device of the last loop in its place. */
const LAST_LOOP = '{loop}';

function loopStep(fs: Filesystem, file: string): PlanStep {
  const { type, format } = fs.driver ?? {};
  if (type !== undefined && type !== 'loop') {
    throw VirError.of('CONFIG_UNSUPPORTED', `fs driver ${type} is not supported`);
  }
  if (format !== undefined && format !== 'raw') {
    throw VirError.of('CONFIG_UNSUPPORTED', `fs format ${format} is not supported`);
  }
  return ['loop', file, fs.readonly ? 1 : 0];
}

function requireSource(source: string | undefined, fs: Filesystem): string {
  if (source !== undefined && source !== '') return source;
  throw VirError.of('CONFIG_UNSUPPORTED', `Unexpected filesystem type ${fs.type}`);
}

function cannotMount({ type }: Filesystem): VirError {
  return VirError.of('CONFIG_UNSUPPORTED', `Cannot mount filesystem type ${type}`);
}
