import { randomBytes, randomUUID } from 'node:crypto';
import { isLocalPath, NativeFileLocks, NativeProcesses, NodeFiles } from '@modvirt/core/adapters';
import { daemonKeys } from '@modvirt/core/config';
import { type DaemonContext, runDaemon } from '@modvirt/core/daemon';
import { type Driver, handlerGroup, serveProgram } from '@modvirt/core/driver';
import { lockDriver } from '@modvirt/core/hypervisor';
import { remoteProgram } from '@modvirt/core/protocol';
import * as rows from '@modvirt/core/protocol/rows';
import type { PoolType } from '@modvirt/core/schema';
import { driverPaths, nativeSocketPath } from '@modvirt/core/uri';
import type { Uuid } from '@modvirt/core/wire';
import packageJson from '../package.json' with { type: 'json' };
import { HostTools } from './adapters/host-tools.js';
import { NodeVolumeFiles } from './adapters/node-volume-files.js';
import { directoryBackend } from './backends/directory-backend.js';
import { fileSystemBackend } from './backends/file-system-backend.js';
import type { PoolBackend } from './backends/pool-backend.js';
import { StorageDriver, type VolumeSecrets } from './driver.js';
import { loadPools } from './pools/pool-files.js';
import { resumePools, startMarkedPools } from './pools/wake-pools.js';

type Context = DaemonContext<typeof daemonKeys>;

async function setup(context: Context): Promise<Driver> {
  const paths = driverPaths(context.paths, 'storage');
  const files = new NodeFiles(context.native);
  for (const directory of [paths.definitions, paths.state])
    await files.ensureDirectory(directory, { mode: 0o700 });
  // libvirtd holds the same file: two owners of the same pools would undo each other's work.
  const lock = lockDriver(new NativeFileLocks(context.native), paths.state, 'storage');
  const { clock, log, scope, events } = context;
  const driver = new StorageDriver({
    ...{ paths, files, clock, log, scope, events },
    backends: backends(context),
    secrets: volumeSecrets(context),
    newUuid: () => randomUUID() as Uuid,
  });
  await resumePools(driver, await loadPools(driver), scope.signal);
  scope.spawn('autostart', (signal) => startMarkedPools(driver, `${paths.state}/autostarted`, signal));
  return {
    errorDomain: 'STORAGE',
    programs: [serveProgram(remoteProgram, handlerGroups(driver))],
    isBusy: () => [...driver.pools].some((pool) => pool.isBusy || !pool.jobs.isIdle),
    close: async () => lock.release(),
  };
}

/** Secrets are another daemon's, which is asked when the first is needed. */
function volumeSecrets({ paths, log, name }: Context): VolumeSecrets {
  const load = async () => {
    const { SecretValues } = await import('@modvirt/client');
    const uri = paths.isSession ? 'secret:///session' : 'secret:///system';
    return new SecretValues({ socket: nativeSocketPath(paths, 'virtsecretd'), uri, name, log });
  };
  let values: ReturnType<typeof load> | undefined;
  const loaded = () => {
    values ??= load();
    return values;
  };
  return {
    passphrase: async (secret, signal) => (await loaded()).value({ ...secret, type: 'volume' }, signal),
    uuidFor: async (path, signal) => (await loaded()).uuidFor('volume', path, signal),
  };
}

function handlerGroups(driver: StorageDriver) {
  return [
    handlerGroup(rows.connect, async () =>
      (await import('./handlers/connect-handlers.js')).connectHandlers(),
    ),
    handlerGroup(rows.storagePool, async () => ({
      ...(await import('./handlers/pool-list-handlers.js')).poolListHandlers(driver),
      ...(await import('./handlers/pool-handlers.js')).poolHandlers(driver),
    })),
    handlerGroup(rows.storageVolume, async () =>
      (await import('./handlers/volume-handlers.js')).volumeHandlers(driver),
    ),
  ];
}

/** Kinds of pools that this daemon has. */
function backends({ native, paths }: Context): ReadonlyMap<PoolType, PoolBackend> {
  const ports = {
    files: new NodeVolumeFiles(isLocalPath, driverPaths(paths, 'storage').state),
    tools: new HostTools(new NativeProcesses(native), process.env.PATH),
    randomName: () => randomBytes(8).toString('hex'),
  };
  const directory = directoryBackend(ports);
  return new Map([
    ['dir', directory],
    ['fs', fileSystemBackend(ports, directory)],
    ['netfs', fileSystemBackend(ports, directory)],
  ]);
}

void runDaemon({ name: 'virtstoraged', version: packageJson.version, configKeys: daemonKeys, setup });
