import { VirError } from '@modvirt/core/errors';
import type { Pool, PoolSource, Volume } from '@modvirt/core/schema';
import { guarded } from '../files/guarded.js';
import { runCommand, type Tools } from '../files/tools.js';
import type { VolumeFiles } from '../files/volume-files.js';
import { listGlusterCommand, parseGlusterVolumes } from '../plan/gluster-volumes.js';
import type { PoolVolume } from '../pools/storage-pool.js';
import type { PoolBackend } from './pool-backend.js';

const MOUNT_MS = 60_000;

interface Ports {
  readonly files: VolumeFiles;
  readonly tools: Tools;
  /** Below which volumes are mounted for us alone. */
  readonly mounts: string;
}

/**
 * Pools of type `gluster`: QEMU reaches their volumes itself, so they are shown by their names on the server; what is done with
 * them here goes through a mount of our own.
 */
export function glusterBackend(ports: Ports, directory: PoolBackend): PoolBackend {
  const { files, tools } = ports;
  const inside = (pool: Pool): Pool => ({ ...pool, type: 'dir', target: { path: insideOf(ports, pool) } });
  const shown = (pool: Pool, known: PoolVolume): PoolVolume => ({
    ...known,
    volume: asNetworkVolume(pool, known.volume),
  });
  const local = (pool: Pool, volume: Volume): Volume => ({
    ...volume,
    type: volume.type === 'netdir' ? 'dir' : 'file',
    target: { ...volume.target, path: `${insideOf(ports, pool)}/${volume.name}` },
  });
  const { create, look, removeVolume, resize, open, wipe, place, usage } = directory;
  return {
    isActive: (pool) => files.isMounted(mountOf(ports, pool)),
    async start(pool, signal) {
      const at = mountOf(ports, pool);
      await files.makeTree(at, 0o700);
      if (await files.isMounted(at)) return;
      const from = `${hostOf(pool)}:/${volumeNameOf(pool)}`;
      await runCommand(tools, ['mount', '-t', 'glusterfs', from, at], { timeoutMs: MOUNT_MS, signal });
    },
    async stop(pool, signal) {
      const at = mountOf(ports, pool);
      if (await files.isMounted(at)) await runCommand(tools, ['umount', at], { timeoutMs: MOUNT_MS, signal });
      await guarded(`cannot remove directory '${at}'`, () => files.removeDirectory(at));
    },
    clear: async (pool) => directory.clear?.(inside(pool)),
    async refresh(pool, _known, signal) {
      const { permissions: _, ...contents } = await directory.refresh(inside(pool), new Map(), signal);
      const volumes = [...contents.volumes].map(([name, it]) => [name, shown(pool, it)] as const);
      return { ...contents, volumes: new Map(volumes) };
    },
    ...(usage && { usage: (pool) => usage(inside(pool)) }),
    ...(place && {
      place(pool, volume) {
        place(inside(pool), volume);
        const { target, key = '' } = asNetworkVolume(pool, volume);
        return { path: target.path ?? '', key };
      },
    }),
    ...(create && {
      create: async (pool, volume, options, signal) =>
        shown(pool, await create(inside(pool), volume, options, signal)),
    }),
    ...(look && {
      async look(pool, name, known) {
        const found = await look(inside(pool), name, { ...known, volume: local(pool, known.volume) });
        return found && shown(pool, found);
      },
    }),
    ...(removeVolume && {
      removeVolume: (pool, volume, options) => removeVolume(inside(pool), local(pool, volume), options),
    }),
    ...(resize && {
      resize: (pool, volume, options, signal) => resize(inside(pool), local(pool, volume), options, signal),
    }),
    ...(open && { open: (pool, volume, access) => open(inside(pool), local(pool, volume), access) }),
    ...(wipe && {
      wipe: (pool, volume, algorithm, signal) => wipe(inside(pool), local(pool, volume), algorithm, signal),
    }),
    findSources: (specification, signal) => findGluster(tools, specification, signal),
  };
}

const volumeNameOf = ({ source, name }: Pool): string => source.name ?? name;

function hostOf({ source }: Pool): string {
  const [host] = source.hosts;
  if (host !== undefined) return host.name;
  throw VirError.of('XML_ERROR', 'missing storage pool source host name', { domain: 'STORAGE' });
}

const mountOf = ({ mounts }: Ports, { uuid }: Pool): string => `${mounts}/${uuid}`;

/** The pool's directory in its volume. */
function insideOf(ports: Ports, pool: Pool): string {
  const { dir = '/' } = pool.source;
  const below = dir.split('/').filter((it) => it !== '' && it !== '.');
  if (below.includes('..'))
    throw VirError.of('XML_ERROR', `'${dir}' is no directory of a volume`, { domain: 'STORAGE' });
  return [mountOf(ports, pool), ...below].join('/');
}

function asNetworkVolume<V extends Volume>(pool: Pool, volume: V): V {
  const below = (pool.source.dir ?? '/').replace(/^\/+|\/+$/g, '');
  const path = [volumeNameOf(pool), ...(below === '' ? [] : [below]), volume.name].join('/');
  const key = `gluster://${hostOf(pool)}/${path}`;
  const type = volume.type === 'dir' ? 'netdir' : 'network';
  return { ...volume, type, key, target: { ...volume.target, path } };
}

async function findGluster(
  tools: Tools,
  specification: PoolSource | undefined,
  signal: AbortSignal,
): Promise<readonly PoolSource[]> {
  const [host, ...others] = specification?.hosts ?? [];
  if (specification === undefined) {
    const detail = 'hostname must be specified for gluster sources';
    throw VirError.of('INVALID_ARG', detail, { domain: 'STORAGE' });
  }
  if (host === undefined || others.length > 0)
    throw VirError.of('XML_ERROR', 'Expected exactly 1 host for the storage pool', { domain: 'STORAGE' });
  const text = await runCommand(tools, listGlusterCommand(host.name), { timeoutMs: MOUNT_MS, signal });
  const found = parseGlusterVolumes(text, host.name, 'gluster');
  if (found.length > 0) return found;
  const detail = `no storage pools were found on host '${host.name}'`;
  throw VirError.of('OPERATION_FAILED', detail, { domain: 'STORAGE' });
}
