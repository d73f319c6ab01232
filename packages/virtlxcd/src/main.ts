import { randomBytes, randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { hostname, release } from 'node:os';
import { dirname } from 'node:path';
import {
  linuxHostReader,
  NativeFileLocks,
  NativeProcesses,
  NativeTerminals,
  NodeFiles,
  NodeKernelFiles,
  RotatingGuestLogs,
} from '@modvirt/core/adapters';
import { daemonKeys, lxcKeys } from '@modvirt/core/config';
import { type DaemonContext, loadConfig, runDaemon } from '@modvirt/core/daemon';
import { type Driver, handlerGroup, serveProgram } from '@modvirt/core/driver';
import {
  CpuLibrary,
  Host,
  loadDefinitions,
  lockDriver,
  openSession,
  readCgroupLayout,
  readHostUuid,
  startMarked,
} from '@modvirt/core/hypervisor';
import { lxcProgram, remoteProgram } from '@modvirt/core/protocol';
import * as rows from '@modvirt/core/protocol/rows';
import { parseDomain } from '@modvirt/core/schema';
import { driverPaths, nativeSocketPath } from '@modvirt/core/uri';
import type { Uuid } from '@modvirt/core/wire';
import { findProgram } from '@modvirt/native';
import packageJson from '../package.json' with { type: 'json' };
import { LxcDriver, type SupervisorSockets } from './driver.js';
import { NetworkDaemon } from './network-daemon.js';
import { HostNames } from './process/network/host-names.js';
import { reconnectContainers } from './process/reconnect.js';
import { startContainer } from './process/start-container.js';

type Context = DaemonContext<typeof daemonKeys>;

async function setup(context: Context): Promise<Driver> {
  const driver = await makeDriver(context);
  const { state } = driver.parts.paths;
  // libvirtd holds the same file: two owners of the same containers would be the end of them.
  const lock = lockDriver(new NativeFileLocks(context.native), state, 'lxc');
  await loadDefinitions(driver, {
    newUuid,
    parse: (text, uuid) => parseDomain(text, { inactive: true, newUuid: uuid }),
  });
  await reconnectContainers(driver);
  context.scope.spawn('autostart', (signal) => startMarked(driver, `${state}/autostarted`, signal));
  return {
    errorDomain: driver.errorDomain,
    programs: [
      serveProgram(remoteProgram, handlerGroups(driver)),
      serveProgram(lxcProgram, [
        handlerGroup(rows.lxcDomain, async () =>
          (await import('./handlers/lxc-handlers.js')).lxcHandlers(driver),
        ),
      ]),
    ],
    openSession: (session) => openSession(session, { scheme: 'lxc', path: '/system', errorDomain: 'LXC' }),
    close: async () => lock.release(),
    isBusy: () => [...driver.domains].some((domain) => domain.isActive || !domain.jobs.isIdle),
  };
}

function handlerGroups(driver: LxcDriver) {
  return [
    handlerGroup(rows.connect, async () =>
      (await import('./handlers/connect-handlers.js')).connectHandlers(driver),
    ),
    handlerGroup(rows.node, async () =>
      (await import('./handlers/connect-handlers.js')).lxcNodeHandlers(driver),
    ),
    handlerGroup(rows.domainList, async () =>
      (await import('@modvirt/core/hypervisor')).domainListHandlers(driver),
    ),
    handlerGroup(rows.domainConfig, async () =>
      (await import('./handlers/domain-config-handlers.js')).lxcConfigHandlers(driver),
    ),
    handlerGroup(rows.domainInfo, async () =>
      (await import('./handlers/domain-info-handlers.js')).domainInfoHandlers(driver),
    ),
    handlerGroup(rows.domainDevices, async () =>
      (await import('./handlers/domain-devices-handlers.js')).domainDevicesHandlers(driver),
    ),
    handlerGroup(rows.domainMemory, async () =>
      (await import('./handlers/domain-memory-handlers.js')).domainMemoryHandlers(driver),
    ),
    handlerGroup(rows.domainCpu, async () =>
      (await import('./handlers/domain-cpu-handlers.js')).domainCpuHandlers(driver),
    ),
    handlerGroup(rows.domainBlock, async () =>
      (await import('./handlers/domain-block-handlers.js')).domainBlockHandlers(driver),
    ),
    handlerGroup(rows.domainJobs, async () =>
      (await import('./handlers/domain-jobs-handlers.js')).domainJobsHandlers(driver),
    ),
    handlerGroup(rows.domainAgent, async () =>
      (await import('./handlers/domain-agent-handlers.js')).domainAgentHandlers(driver),
    ),
    handlerGroup(rows.domainLifecycle, async () =>
      (await import('./handlers/domain-lifecycle-handlers.js')).domainLifecycleHandlers(driver),
    ),
  ];
}

async function makeDriver(context: Context): Promise<LxcDriver> {
  const { clock, log, native, descriptors, version } = context;
  const paths = driverPaths(context.paths, 'lxc');
  const files = new NodeFiles(native);
  const kernel = new NodeKernelFiles(clock);
  loadConfig({ directory: context.paths.config, names: ['lxc.conf'], chosen: undefined }, lxcKeys, log);
  // Containers with other ids of their own must reach what lies below.
  await files.ensureDirectory(dirname(paths.state), { mode: 0o755 });
  await files.ensureDirectory(paths.state, { mode: 0o755 });
  const reader = await linuxHostReader(kernel, files);
  const { host_uuid: configured, host_uuid_source: source } = context.config;
  const machine = new Host({
    reader,
    cpus: new CpuLibrary(files, log),
    cpuid: (leaf, subleaf) => native.cpuid(leaf, subleaf),
    uuid: async () => (await readHostUuid(kernel, { configured, source })) ?? newUuid(),
    tsc: async () => undefined,
    msr: async () => undefined,
  });
  return new LxcDriver({
    paths,
    files,
    kernel,
    clock,
    log,
    scope: context.scope,
    events: context.events,
    guestLogs: new RotatingGuestLogs(paths.log, files),
    processes: new NativeProcesses(native),
    descriptors,
    sockets: supervisorSockets(context),
    machine,
    layout: await readCgroupLayout(kernel),
    networks: new NetworkDaemon({ socket: nativeSocketPath(context.paths, 'virtnetworkd'), log, newUuid }),
    hostNames: new HostNames(kernel),
    supervisor: findProgram('modvirt-container'),
    host: { hostname, kernel: release },
    version,
    newUuid,
    randomBytes: (count) => randomBytes(count),
    startContainer,
  });
}

function supervisorSockets({ native, sockets }: Context): SupervisorSockets {
  const terminals = new NativeTerminals(native);
  return {
    listen: (path) => native.listenUnix(path, Int32Array.of(0o700, -1, -1, 16)),
    connect: (path, signal) => sockets.connect(path, signal),
    pair() {
      const [ours, theirs] = native.socketPair();
      // Whoever gets it waits for us.
      native.setNonBlocking(theirs, false);
      return { ours: sockets.channel(ours, 'supervisor'), theirs };
    },
    async open(path) {
      const file = await open(path, 'r');
      try {
        // A descriptor of our own: the one that Node has goes with its handle.
        return native.duplicate(file.fd);
      } finally {
        await file.close();
      }
    },
    attachTerminal: (path) => terminals.attach(path),
  };
}

const newUuid = (): Uuid => randomUUID() as Uuid;

void runDaemon({ name: 'virtlxcd', version: packageJson.version, configKeys: daemonKeys, setup });
