import { VirError } from '@modvirt/core/errors';
import type { Pool } from '@modvirt/core/schema';
import type { Command } from './volume-commands.js';

const MOUNT_OPTIONS = 'nodev,nosuid,noexec';

/** The command that starts a pool of this type; undefined when none is run. @throws VirError for what it lacks */
export function startCommand(pool: Pool): Command | undefined {
  switch (pool.type) {
    case 'fs':
      return mountCommand(pool, []);
    case 'netfs':
      return mountCommand(pool, networkOptions(pool));
    case 'logical':
      return ['vgchange', '-aly', pool.source.name ?? pool.name];
    default:
      return undefined;
  }
}

/** What mount(8) calls the pool's source. @throws VirError when the definition does not say it */
export function mountSource(pool: Pool): string {
  const { hosts, devices, dir, format } = pool.source;
  if (pool.type !== 'netfs') {
    const [device, ...others] = devices;
    if (device !== undefined && others.length === 0) return place(device.path);
    throw VirError.of(
      'INTERNAL_ERROR',
      device === undefined ? 'missing source device' : 'expected exactly 1 device for the storage pool',
    );
  }
  const [host, ...others] = hosts;
  if (host === undefined || others.length > 0) {
    throw VirError.of('XML_ERROR', 'Expected exactly 1 host for the storage pool');
  }
  const name = host.name.includes(':') && format !== 'cifs' ? `[${host.name}]` : host.name;
  return format === 'cifs' ? `//${name}/${dir}` : `${name}:${dir}`;
}

/** A path that no tool takes for an option. */
function place(path: string): string {
  if (!path.startsWith('-')) return path;
  throw VirError.of('XML_ERROR', `'${path}' is no path of a device`, { domain: 'STORAGE' });
}

function networkOptions({ source }: Pool): readonly string[] {
  const protocol = source.protocol === undefined ? [] : [`nfsvers=${source.protocol}`];
  if (source.format === 'glusterfs') return ['direct-io-mode=1', ...protocol];
  return source.format === 'cifs' ? ['guest', ...protocol] : protocol;
}

function mountCommand(pool: Pool, options: readonly string[]): Command {
  const own = pool.mountOptions?.options.map((it) => it.name) ?? [];
  const { format = 'auto' } = pool.source;
  const type = format === 'auto' && pool.type === 'netfs' ? [] : ['-t', format];
  const listed = [MOUNT_OPTIONS, ...options, ...own].join(',');
  return ['mount', '-o', listed, ...type, mountSource(pool), pool.target?.path ?? ''];
}

/** What makes the file system that a pool of type `fs` mounts. */
export function makeFileSystemCommand(pool: Pool): Command {
  const { format = 'auto' } = pool.source;
  // xfs asks to be told so before it takes the place of something else.
  const force = format === 'xfs' ? ['-f'] : [];
  return ['mkfs', '-t', format, ...force, mountSource(pool)];
}
