import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NativeFileLocks, NativeProcesses, NodeFiles, NodeKernelFiles } from '@modvirt/core/adapters';
import { daemonKeys, networkKeys } from '@modvirt/core/config';
import { type DaemonContext, loadConfig, runDaemon } from '@modvirt/core/daemon';
import { type Driver, handlerGroup, serveProgram } from '@modvirt/core/driver';
import { lockDriver } from '@modvirt/core/hypervisor';
import { remoteProgram } from '@modvirt/core/protocol';
import * as rows from '@modvirt/core/protocol/rows';
import type { Uuid } from '@modvirt/core/wire';
import packageJson from '../package.json' with { type: 'json' };
import { NetworkDriver } from './driver.js';
import { networkPaths } from './network-paths.js';
import { openSession } from './open-session.js';
import { startMarkedNetworks } from './process/autostart.js';
import { chooseFirewall } from './process/choose-firewall.js';
import { leaseHelperIn } from './process/lease-helper-file.js';
import { reconcileFirewall } from './process/reconcile-firewall.js';
import { loadNetworks } from './process/reconnect.js';
import { WatchedFirewall } from './process/watched-firewall.js';

type Context = DaemonContext<typeof daemonKeys>;

async function setup(context: Context): Promise<Driver> {
  const { driver, firewall } = await makeDriver(context);
  const { paths, files } = driver.parts;
  await files.ensureDirectory(paths.state, { mode: 0o755 });
  // libvirtd holds the same file: two owners of the same bridges would be the end of them.
  const lock = lockDriver(new NativeFileLocks(context.native), paths.state, 'network');
  await loadNetworks(driver);
  context.scope.spawn('firewall', (signal) => reconcileFirewall(driver, firewall, signal));
  context.scope.spawn('autostart', (signal) => startMarkedNetworks(driver, signal));
  return {
    errorDomain: driver.errorDomain,
    programs: [serveProgram(remoteProgram, handlerGroups(driver))],
    openSession: (session) => openSession(session, context.args.session),
    close: async () => lock.release(),
    isBusy: () => [...driver.networks].some((network) => network.isActive || !network.isIdle),
  };
}

function handlerGroups(driver: NetworkDriver) {
  return [
    handlerGroup(rows.network, async () =>
      (await import('./handlers/network-handlers.js')).networkHandlers(driver),
    ),
    handlerGroup(rows.networkPort, async () =>
      (await import('./handlers/network-port-handlers.js')).networkPortHandlers(driver),
    ),
  ];
}

interface Made {
  readonly driver: NetworkDriver;
  readonly firewall: WatchedFirewall;
}

async function makeDriver(context: Context): Promise<Made> {
  const { clock, log, native } = context;
  const files = new NodeFiles(native);
  const processes = new NativeProcesses(native);
  const paths = networkPaths(context.paths);
  const conf = loadConfig(
    { directory: context.paths.config, names: ['network.conf'], chosen: undefined },
    networkKeys,
    log,
  ).values;
  const program = join(import.meta.dirname, 'lease-helper.cjs');
  const firewall = new WatchedFirewall(
    chooseFirewall({ processes, log, wanted: conf.firewall_backend, exists: existsSync }),
  );
  const driver = new NetworkDriver({
    paths,
    files,
    kernel: new NodeKernelFiles(clock),
    processes,
    clock,
    log,
    scope: context.scope,
    events: context.events,
    firewall,
    leaseHelper: existsSync(program)
      ? await leaseHelperIn(files, `${paths.dnsmasq}/leaseshelper`, { node: process.execPath, program })
      : undefined,
    newUuid: () => randomUUID() as Uuid,
    randomBytes: (count) => randomBytes(count),
  });
  return { driver, firewall };
}

void runDaemon({ name: 'virtnetworkd', version: packageJson.version, configKeys: daemonKeys, setup });
