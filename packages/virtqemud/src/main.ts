import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname, release } from 'node:os';
import { linkTo, networkService } from '@modvirt/client';
import {
  HostImageProbe,
  hostArch,
  linuxHostReader,
  NativeFileAttributes,
  NativeFileLocks,
  NativeLinks,
  NativeProcesses,
  NativeTerminals,
  NodeFiles,
  NodeKernelFiles,
  NodeOpenFiles,
  RotatingGuestLogs,
} from '@modvirt/core/adapters';
import { daemonKeys, type QemuConfig, qemuKeys } from '@modvirt/core/config';
import { type DaemonContext, loadConfig, runDaemon } from '@modvirt/core/daemon';
import { type Driver, handlerGroup, serveProgram } from '@modvirt/core/driver';
import { DeviceNames, lockDriver, openSession, startMarked } from '@modvirt/core/hypervisor';
import type { Limit } from '@modvirt/core/ports';
import { qemuProgram, remoteProgram } from '@modvirt/core/protocol';
import * as rows from '@modvirt/core/protocol/rows';
import { driverPaths, nativeSocketPath } from '@modvirt/core/uri';
import type { Uuid } from '@modvirt/core/wire';
import packageJson from '../package.json' with { type: 'json' };
import { CapabilityCache, emulatorFor } from './capabilities/capability-cache.js';
import { Emulators } from './capabilities/emulators.js';
import { kvmProbe } from './capabilities/kvm-probe.js';
import { probeLive } from './capabilities/live-probe.js';
import { QemuDriver } from './driver.js';
import { guestUser } from './guest-user.js';
import { makeHost } from './make-host.js';
import { makePlanner } from './make-planner.js';
import { connectQmp } from './monitor/connect-qmp.js';
import type { FactSources } from './neighbours/ask-facts.js';
import { DisplayPorts } from './process/display-ports.js';
import type { StartOptions } from './process/launch-guest.js';
import { loadDefinitions } from './process/load-definitions.js';
import { NetworkWatch } from './process/network/network-watch.js';
import { Ownership } from './process/ownership.js';
import { reconnectGuests } from './process/reconnect.js';
import { startDomain } from './process/start-domain.js';
import type { GuestSockets, StartPorts } from './process/start-ports.js';

type Context = DaemonContext<typeof daemonKeys>;

async function setup(context: Context): Promise<Driver> {
  const driver = await makeDriver(context);
  const { state } = driver.parts.paths;
  // libvirtd holds the same file: two owners of the same guests would be the end of them.
  const lock = lockDriver(new NativeFileLocks(context.native), state, 'qemu');
  await loadDefinitions(driver);
  await reconnectGuests(driver);
  context.scope.spawn('autostart', (signal) => startMarked(driver, `${state}/autostarted`, signal));
  const path = context.args.session ? '/session' : '/system';
  return {
    errorDomain: driver.errorDomain,
    programs: [
      serveProgram(remoteProgram, handlerGroups(driver)),
      serveProgram(qemuProgram, qemuHandlerGroups(driver)),
    ],
    openSession: (session) => openSession(session, { scheme: 'qemu', path, errorDomain: 'QEMU' }),
    close: async () => lock.release(),
    isBusy: () => [...driver.domains].some((domain) => domain.isActive || !domain.jobs.isIdle),
  };
}

function handlerGroups(driver: QemuDriver) {
  return [
    handlerGroup(rows.connect, async () => ({
      ...(await import('./handlers/connect-handlers.js')).connectHandlers(driver),
      ...(await import('./handlers/host-handlers.js')).hostHandlers(driver),
      ...(await import('./handlers/native-config-handlers.js')).nativeConfigHandlers(driver),
    })),
    handlerGroup(rows.node, async () =>
      (await import('./handlers/host-handlers.js')).qemuNodeHandlers(driver),
    ),
    handlerGroup(rows.nodeCpu, async () => (await import('./handlers/cpu-handlers.js')).cpuHandlers(driver)),
    handlerGroup(rows.domainList, async () =>
      (await import('@modvirt/core/hypervisor')).domainListHandlers(driver),
    ),
    handlerGroup(rows.domainConfig, async () =>
      (await import('@modvirt/core/hypervisor')).domainConfigHandlers(driver),
    ),
    handlerGroup(rows.domainInfo, async () =>
      (await import('./handlers/domain-info-handlers.js')).domainInfoHandlers(driver),
    ),
    handlerGroup(rows.domainDevices, async () =>
      (await import('./handlers/domain-devices-handlers.js')).domainDevicesHandlers(driver),
    ),
    handlerGroup(rows.domainCpu, async () =>
      (await import('./handlers/domain-cpu-handlers.js')).domainCpuHandlers(driver),
    ),
    handlerGroup(rows.domainMemory, async () =>
      (await import('./handlers/domain-memory-handlers.js')).domainMemoryHandlers(driver),
    ),
    handlerGroup(rows.domainBlock, async () =>
      (await import('./handlers/domain-block-handlers.js')).domainBlockHandlers(driver),
    ),
    handlerGroup(rows.domainJobs, async () =>
      (await import('./handlers/domain-jobs-handlers.js')).domainJobsHandlers(driver),
    ),
    handlerGroup(rows.domainSnapshot, async () =>
      (await import('@modvirt/core/hypervisor')).snapshotListHandlers(driver),
    ),
    handlerGroup(rows.domainCheckpoint, async () =>
      (await import('@modvirt/core/hypervisor')).checkpointListHandlers(driver),
    ),
    handlerGroup(rows.domainAgent, async () =>
      (await import('./handlers/domain-agent-handlers.js')).domainAgentHandlers(driver),
    ),
    handlerGroup(rows.domainLifecycle, async () =>
      (await import('./handlers/domain-lifecycle-handlers.js')).domainLifecycleHandlers(driver),
    ),
  ];
}

function qemuHandlerGroups(driver: QemuDriver) {
  return [
    handlerGroup(rows.qemuMonitor, async () =>
      (await import('./handlers/qemu-monitor-handlers.js')).qemuMonitorHandlers(driver),
    ),
  ];
}

async function makeDriver(context: Context): Promise<QemuDriver> {
  const { clock, log, native, sockets, descriptors, version } = context;
  const paths = driverPaths(context.paths, 'qemu');
  const files = new NodeFiles(native);
  const processes = new NativeProcesses(native);
  const guestLogs = new RotatingGuestLogs(paths.log, files);
  const conf = loadConfig(
    { directory: context.paths.config, names: ['qemu.conf'], chosen: undefined },
    qemuKeys,
    log,
  ).values;
  const user = await guestUser(native, process.getuid?.() ?? 0, conf);
  const guestSockets: GuestSockets = {
    listen: (path, owner) =>
      native.listenUnix(path, Int32Array.of(0o700, owner?.uid ?? -1, owner?.gid ?? -1, 1)),
  };
  const kernel = new NodeKernelFiles(clock);
  const links = new NativeLinks({ native, processes, kernel });
  const startPorts: StartPorts = {
    files,
    links,
    processes,
    descriptors,
    openFiles: new NodeOpenFiles(native),
    clock,
    log,
    guestLogs,
    sockets: guestSockets,
    randomBytes: (count) => randomBytes(count),
    connectMonitor: (path, timeoutMs, signal) =>
      connectQmp((inner) => sockets.connect(path, inner), {
        clock,
        log,
        timeoutMs,
        signal,
        duplicate: (descriptor) => descriptors.duplicate(descriptor),
      }),
  };
  // Guests run as their own user and must reach what lies below.
  for (const directory of [paths.lib, paths.state, paths.channels]) {
    await files.ensureDirectory(directory, { mode: 0o755 });
  }
  const kvm = kvmProbe(emulatorFor(undefined), {
    processes,
    log,
    user,
    exists: async () => (await files.info('/dev/kvm')) !== undefined,
    maxVcpus: () => native.kvmMaxVcpus(),
  });
  const {
    host: machine,
    firmware,
    targetFacts,
  } = makeHost({
    reader: await linuxHostReader(kernel, files),
    log,
    files,
    native,
    processes,
    kvm,
    configuredUuid: context.config.host_uuid,
    uuidSource: context.config.host_uuid_source,
    newUuid,
  });
  const probeParts = {
    libDirectory: paths.lib,
    processes,
    descriptors,
    clock,
    log,
    user,
    listen: guestSockets.listen,
    connect: (path: string, signal: AbortSignal) => sockets.connect(path, signal),
    openLog: (path: string) => files.openToAppend(path),
    readLog: (path: string) => readFile(path, 'utf8'),
  };
  const capabilities = new CapabilityCache({
    directory: `${paths.cache}/capabilities`,
    files,
    log,
    context: { version, kernel: release(), usesKvm: () => kvm.usable() },
    digest: (text) => createHash('sha256').update(text).digest('hex'),
    probe: (emulator, accelerator, signal) => probeLive(probeParts, emulator, accelerator, signal),
  });
  const ports = new DisplayPorts({
    display: [conf.remote_display_port_min, conf.remote_display_port_max],
    webSocket: [conf.remote_websocket_port_min, conf.remote_websocket_port_max],
  });
  const terminals = new NativeTerminals(native);
  return new QemuDriver({
    paths,
    files,
    clock,
    log,
    scope: context.scope,
    events: context.events,
    guestLogs,
    images: new HostImageProbe(processes),
    startPorts,
    capabilities,
    planner: makePlanner({
      paths,
      clock,
      conf,
      ports,
      cpus: { map: () => machine.knownCpus.map, host: () => machine.knownCpus.host },
    }),
    facts: lazyFacts(context),
    displayPorts: ports,
    host: { hostname, kernel: release },
    machine,
    emulators: new Emulators(files, (process.env.PATH ?? DEFAULT_PATH).split(':'), hostArch()),
    firmware,
    targetFacts,
    kvm,
    consoles: {
      attach: (terminal) => terminals.attach(terminal),
      connect: (socket, signal) => sockets.connect(socket, signal),
    },
    version,
    guestUser: user,
    imageFormats: { save: conf.save_image_format, dump: conf.dump_image_format },
    limits: limitsOf(conf),
    ownership: new Ownership({
      files,
      attributes: new NativeFileAttributes(native),
      log,
      user: conf.dynamic_ownership ? user : undefined,
      remembers: conf.remember_owner,
      bootTime: () => bootTime(),
    }),
    networks: networkService({
      link: linkTo({
        daemon: 'virtnetworkd',
        socket: nativeSocketPath(context.paths, 'virtnetworkd'),
        name: 'virtqemud',
        log,
      }),
      uri: `network:///${context.args.session ? 'session' : 'system'}`,
      newUuid,
    }),
    links,
    deviceNames: new DeviceNames(links),
    networkWatch: new NetworkWatch(),
    newUuid,
    startDomain,
  });
}

/** Loaded when a guest needs another daemon. */
function lazyFacts({ paths, name, log }: Context): FactSources {
  let facts: Promise<FactSources> | undefined;
  const loaded = () => {
    facts ??= import('./neighbours/daemon-facts.js').then(({ daemonFacts }) =>
      daemonFacts({ paths, name, log, newUuid }),
    );
    return facts;
  };
  return {
    placeOfVolume: async (volume, signal) => (await loaded()).placeOfVolume(volume, signal),
    secretValue: async (secret, signal) => (await loaded()).secretValue(secret, signal),
  };
}

function limitsOf(conf: QemuConfig): StartOptions['limits'] {
  const limit = (value: bigint | 'unlimited'): Limit => ({ soft: value, hard: value });
  return {
    ...(conf.max_files > 0 ? { openFiles: limit(BigInt(conf.max_files)) } : {}),
    ...(conf.max_processes > 0 ? { processes: limit(BigInt(conf.max_processes)) } : {}),
    ...(conf.max_core === 0n ? {} : { coreBytes: limit(conf.max_core) }),
  };
}

/** When the host began to run, in seconds since 1970 (proc(5), `btime`). */
async function bootTime(): Promise<string> {
  const found = /^btime (\d+)$/m.exec(await readFile('/proc/stat', 'utf8'))?.[1];
  return found ?? '0';
}
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const newUuid = (): Uuid => randomUUID() as Uuid;

void runDaemon({ name: 'virtqemud', version: packageJson.version, configKeys: daemonKeys, setup });
