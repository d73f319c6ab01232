import { randomUUID } from 'node:crypto';
import { NativeFileLocks, NodeFiles } from '@modvirt/core/adapters';
import { daemonKeys } from '@modvirt/core/config';
import { type DaemonContext, runDaemon } from '@modvirt/core/daemon';
import { type Driver, handlerGroup, serveProgram } from '@modvirt/core/driver';
import { lockDriver } from '@modvirt/core/hypervisor';
import { remoteProgram } from '@modvirt/core/protocol';
import * as rows from '@modvirt/core/protocol/rows';
import { driverPaths } from '@modvirt/core/uri';
import type { Uuid } from '@modvirt/core/wire';
import packageJson from '../package.json' with { type: 'json' };
import { sealFromCredentials } from './adapters/credentials.js';
import { SecretDriver } from './driver.js';
import { SecretFiles } from './secrets/secret-files.js';

type Context = DaemonContext<typeof daemonKeys>;

async function setup(context: Context): Promise<Driver> {
  const paths = driverPaths(context.paths, 'secrets');
  const files = new NodeFiles(context.native);
  for (const directory of [paths.definitions, paths.state])
    await files.ensureDirectory(directory, { mode: 0o700 });
  // libvirtd holds the same file.
  const lock = lockDriver(new NativeFileLocks(context.native), paths.state, 'secrets');
  const { log, events } = context;
  const seal = await sealFromCredentials(files, process.env.CREDENTIALS_DIRECTORY);
  const driver = new SecretDriver({
    files: new SecretFiles({ directory: paths.definitions, files, log, seal }),
    events,
    newUuid: () => randomUUID() as Uuid,
  });
  await driver.load();
  return {
    errorDomain: 'SECRET',
    programs: [serveProgram(remoteProgram, handlerGroups(driver))],
    // Values that are kept in memory alone would be lost.
    isBusy: () => driver.holdsEphemeral,
    close: async () => lock.release(),
  };
}

function handlerGroups(driver: SecretDriver) {
  return [
    handlerGroup(rows.connect, async () =>
      (await import('./handlers/connect-handlers.js')).connectHandlers(),
    ),
    handlerGroup(rows.secret, async () =>
      (await import('./handlers/secret-handlers.js')).secretHandlers(driver),
    ),
  ];
}

void runDaemon({ name: 'virtsecretd', version: packageJson.version, configKeys: daemonKeys, setup });
