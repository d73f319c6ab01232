import { VirError } from '@modvirt/core/errors';
import { storageVolDeleteFlags as deleteFlags } from '@modvirt/core/protocol/constants';
import type { Pool, Volume } from '@modvirt/core/schema';
import { runCommand, type Tools } from '../files/tools.js';
import type { VolumeFiles } from '../files/volume-files.js';
import { withSecrets } from '../files/with-secrets.js';
import { parseInfo, parseNames, parseUse, poolNameOf, type Rbd, rbdFor } from '../plan/rbd-commands.js';
import type { Command } from '../plan/volume-commands.js';
import type { PoolVolume } from '../pools/storage-pool.js';
import { checkDeviceName } from './block-volumes.js';
import type { PoolBackend, PoolPassword } from './pool-backend.js';

const RBD_MS = 60_000;
const COPY_MS = 86_400_000;

interface Ports {
  readonly files: VolumeFiles;
  readonly tools: Tools;
}

type Session = (words: readonly string[], program?: 'rbd' | 'ceph', timeoutMs?: number) => Promise<string>;

/** Pools of type `rbd`: a pool of a Ceph cluster, and its images. */
export function rbdBackend(ports: Ports, password: PoolPassword): PoolBackend {
  const inCluster = <T>(pool: Pool, signal: AbortSignal, body: (rbd: Session) => Promise<T>): Promise<T> =>
    withCluster(ports, { pool, password, signal }, body);
  return {
    isActive: async () => false,
    async refresh(pool, _known, signal) {
      return inCluster(pool, signal, async (rbd) => {
        const name = poolNameOf(pool);
        const sizes = parseUse(await rbd(['df', '--format', 'json'], 'ceph'), name);
        const volumes = new Map<string, PoolVolume>();
        for (const image of parseNames(await rbd(['ls', '--format', 'json', name]))) {
          volumes.set(image, await imageVolume(pool, image, rbd));
        }
        return { ...sizes, volumes };
      });
    },
    place(pool, { name }) {
      checkDeviceName(name);
      const path = `${poolNameOf(pool)}/${name}`;
      return { path, key: path };
    },
    async create(pool, volume, { source }, signal) {
      const path = `${poolNameOf(pool)}/${volume.name}`;
      if (volume.target.encryption !== undefined)
        throw VirError.of('CONFIG_UNSUPPORTED', 'storage pool does not support encrypted volumes', {
          domain: 'STORAGE',
        });
      return inCluster(pool, signal, async (rbd) => {
        if (source === undefined)
          await rbd(['create', '--size', `${volume.capacity}B`, '--image-format', '2', path]);
        else await rbd(['cp', source.target.path ?? '', path], 'rbd', COPY_MS);
        return imageVolume(pool, volume.name, rbd);
      });
    },
    async removeVolume(pool, { target: { path = '' } }, { flags, signal }) {
      const unknown = flags & ~(deleteFlags.zeroed | deleteFlags.withSnapshots);
      if (unknown !== 0) throw VirError.unsupportedFlags('virStorageBackendRBDDeleteVol', unknown, 'STORAGE');
      await inCluster(pool, signal, async (rbd) => {
        if ((flags & deleteFlags.withSnapshots) !== 0) await rbd(['snap', 'purge', path]);
        await rbd(['rm', '--no-progress', path], 'rbd', COPY_MS);
      });
    },
    async resize(pool, { target: { path = '' } }, { bytes, shrink }, signal) {
      const allow = shrink ? ['--allow-shrink'] : [];
      await inCluster(pool, signal, (rbd) =>
        rbd(['resize', '--no-progress', ...allow, '--size', `${bytes}B`, path]),
      );
    },
    async wipe(pool, volume, algorithm, signal) {
      await inCluster(pool, signal, (rbd) => wipeImage(rbd, volume, algorithm));
    },
    async look(pool, name) {
      return inCluster(pool, new AbortController().signal, async (rbd) => {
        const names = parseNames(await rbd(['ls', '--format', 'json', poolNameOf(pool)]));
        return names.includes(name) ? imageVolume(pool, name, rbd) : undefined;
      });
    },
  };
}

const ZERO = 0;
const TRIM = 9;

/** The cluster overwrites, or forgets, what the image holds. */
async function wipeImage(
  rbd: Session,
  { target: { path = '' }, capacity }: Volume,
  algorithm: number,
): Promise<void> {
  if (algorithm === TRIM) {
    await rbd(['resize', '--no-progress', '--allow-shrink', '--size', '0B', path], 'rbd', COPY_MS);
    await rbd(['resize', '--no-progress', '--size', `${capacity}B`, path]);
    return;
  }
  if (algorithm !== ZERO)
    throw VirError.of('CONFIG_UNSUPPORTED', `unsupported algorithm ${algorithm}`, { domain: 'STORAGE' });
  const pattern = [
    '--io-type',
    'write',
    '--io-size',
    '4M',
    '--io-pattern',
    'seq',
    '--io-total',
    `${capacity}B`,
  ];
  await rbd(['bench', ...pattern, path], 'rbd', COPY_MS);
}

async function imageVolume(pool: Pool, name: string, rbd: Session): Promise<PoolVolume> {
  const path = `${poolNameOf(pool)}/${name}`;
  const { size } = parseInfo(await rbd(['info', '--format', 'json', path]));
  const target = { path, format: 'raw' };
  return {
    stamp: '',
    volume: { type: 'network', name, key: path, capacity: size, allocation: size, target },
  };
}

interface Cluster {
  readonly pool: Pool;
  readonly password: PoolPassword;
  readonly signal: AbortSignal;
}

/** Runs `body` while the tools can read the key. */
async function withCluster<T>(
  { files, tools }: Ports,
  { pool, password, signal }: Cluster,
  body: (rbd: Session) => Promise<T>,
): Promise<T> {
  const { auth } = pool.source;
  const key = auth === undefined ? undefined : await password(auth.secret, 'ceph', signal);
  const text = key === undefined ? undefined : Buffer.from(key).toString('base64');
  const content = text === undefined ? undefined : new TextEncoder().encode(text);
  return withSecrets(files, [content], async ({ descriptors, paths: [keyFile] }) => {
    const rbd: Rbd = rbdFor(pool, keyFile);
    return body((words, program = 'rbd', timeoutMs = RBD_MS) => {
      const command: Command = rbd(words, program);
      return runCommand(tools, command, { timeoutMs, signal, descriptors });
    });
  });
}
