import { linkTo } from '@modvirt/client';
import { listenTcp, NativeProcesses } from '@modvirt/core/adapters';
import { proxyKeys } from '@modvirt/core/config';
import { type DaemonContext, runDaemon } from '@modvirt/core/daemon';
import type { Driver } from '@modvirt/core/driver';
import { nativeSocketPath } from '@modvirt/core/uri';
import packageJson from '../package.json' with { type: 'json' };
import { AdminServer } from './admin/admin-server.js';
import { ManagedServer } from './admin/managed-server.js';
import { LIBVIRT_VERSION } from './libvirt-version.js';
import { polkitCheck } from './polkit.js';
import { ProxyServer } from './proxy-server.js';
import { openSockets } from './proxy-sockets.js';
import { socketPlaces } from './routing/socket-places.js';

type Context = DaemonContext<typeof proxyKeys>;

async function setup(context: Context): Promise<Driver> {
  const { config, paths, log, clock, descriptors, native, args, name } = context;
  const ownUid = process.getuid?.() ?? 0;
  const socketOf = (daemon: string): string => nativeSocketPath(paths, daemon);
  const proxy = new ProxyServer({
    config,
    places: socketPlaces(socketOf, args.session ? 'session' : 'system'),
    clock,
    descriptors,
    log,
    ownUid,
    polkit: polkitCheck(new NativeProcesses(native)),
    hold: () => context.hold(),
    connect: (daemon) => linkTo({ daemon, socket: socketOf(daemon), name, log }),
  });
  const admin = adminServer(context, proxy, ownUid);
  const listeners = await openSockets(
    {
      config,
      name,
      directory: paths.run,
      isSession: args.session,
      log,
      findGroup: async (group) => (await native.findGroup(group))?.gid,
      listen: (plan) => void context.listen(plan),
      listenTcp,
    },
    proxy,
    admin,
  );
  return {
    programs: [],
    async close() {
      for (const listener of listeners) listener.close();
      admin.close();
      await proxy.close();
    },
  };
}

function adminServer(context: Context, proxy: ProxyServer, ownUid: number): AdminServer {
  const { config, clock, descriptors, native, name, log, logControl } = context;
  const { min_workers: minWorkers, max_workers: maxWorkers, prio_workers: prioWorkers } = config;
  return new AdminServer({
    config,
    clock,
    descriptors,
    ownUid,
    clientLog: log,
    log: logControl,
    libVersion: LIBVIRT_VERSION,
    others: [new ManagedServer(name, proxy.clients, { minWorkers, maxWorkers, prioWorkers })],
    alias: { name: 'libvirtd', means: name },
    accounts: {
      user: async (uid) => (await native.findUser(uid))?.name,
      group: async (gid) => (await native.findGroup(gid))?.name,
    },
    shutdown: (reason) => context.shutdown(reason),
  });
}

void runDaemon({
  name: 'virtproxyd',
  version: packageJson.version,
  configKeys: proxyKeys,
  configFiles: ['virtproxyd.conf', 'libvirtd.conf'],
  // virtproxyd.socket is the one for libvirt's clients.
  nativeSocketNames: ['virtproxyd-rpc.socket'],
  setup,
});
