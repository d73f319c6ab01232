// The programs that share a connection: their numbers and all their rows.
import { administration } from './admin.js';
import { auth } from './auth.js';
import { connect } from './connect.js';
import { domainAgent } from './domain-agent.js';
import { domainBlock } from './domain-block.js';
import { domainCheckpoint } from './domain-checkpoint.js';
import { domainConfig } from './domain-config.js';
import { domainCpu } from './domain-cpu.js';
import { domainDevices } from './domain-devices.js';
import { domainInfo } from './domain-info.js';
import { domainJobs } from './domain-jobs.js';
import { domainLifecycle } from './domain-lifecycle.js';
import { domainList } from './domain-list.js';
import { domainMemory } from './domain-memory.js';
import { domainMigration } from './domain-migration.js';
import { domainSnapshot } from './domain-snapshot.js';
import { eventRegistration } from './event-registration.js';
import { eventsDomain } from './events-domain.js';
import { eventsOther } from './events-other.js';
import { hostInterface } from './interface.js';
import { keepaliveMessages } from './keepalive.js';
import { lxcDomain } from './lxc.js';
import { network } from './network.js';
import { networkPort } from './network-port.js';
import { node } from './node.js';
import { nodeCpu } from './node-cpu.js';
import { nodeDevice } from './node-device.js';
import { nwfilter } from './nwfilter.js';
import type { Program } from './procedure.js';
import { qemuMonitor, qemuMonitorMessages } from './qemu.js';
import { secret } from './secret.js';
import { storagePool } from './storage-pool.js';
import { storageVolume } from './storage-volume.js';

export const remoteProcedures = {
  ...connect,
  ...nodeCpu,
  ...node,
  ...domainDevices,
  ...domainLifecycle,
  ...domainConfig,
  ...domainInfo,
  ...domainMemory,
  ...domainCpu,
  ...domainList,
  ...network,
  ...domainJobs,
  ...domainMigration,
  ...domainBlock,
  ...auth,
  ...storagePool,
  ...storageVolume,
  ...eventRegistration,
  ...nodeDevice,
  ...hostInterface,
  ...secret,
  ...nwfilter,
  ...domainSnapshot,
  ...domainAgent,
  ...networkPort,
  ...domainCheckpoint,
} as const;
export const remoteMessages = { ...eventsDomain, ...eventsOther } as const;

export const remoteProgram = {
  name: 'remote',
  number: 0x20008086,
  version: 1,
  procedures: remoteProcedures,
  events: remoteMessages,
} as const satisfies Program;

export const qemuProcedures = { ...qemuMonitor } as const;
export const qemuMessages = { ...qemuMonitorMessages } as const;

export const qemuProgram = {
  name: 'qemu',
  number: 0x20008087,
  version: 1,
  procedures: qemuProcedures,
  events: qemuMessages,
} as const satisfies Program;

export const lxcProcedures = { ...lxcDomain } as const;
export const lxcMessages = {} as const;

export const lxcProgram = {
  name: 'lxc',
  number: 0x68000,
  version: 1,
  procedures: lxcProcedures,
  events: lxcMessages,
} as const satisfies Program;

export const adminProcedures = { ...administration } as const;
export const adminMessages = {} as const;

export const adminProgram = {
  name: 'admin',
  number: 0x6900690,
  version: 1,
  procedures: adminProcedures,
  events: adminMessages,
} as const satisfies Program;

/** Its packets are messages in both directions, so it has no procedures that are called. */
export const keepaliveProgram = {
  name: 'keepalive',
  number: 0x6b656570,
  version: 1,
  procedures: {},
  events: keepaliveMessages,
} as const satisfies Program;
