import { nothing, text, uhyper, uint } from '../wire/types.js';
import { type Program, procedure } from './procedure.js';

// The daemons' own program, spoken over native sockets only: what `stack`, `virt` and tests ask of a daemon itself.

const since = '0.1.0';

export const daemonControl = {
  daemonStatus: procedure({
    number: 1,
    since,
    priority: 'high',
    args: {},
    returns: {
      name: text,
      version: text,
      epoch: text,
      pid: uint,
      uptimeMs: uhyper,
      rssKiB: uhyper,
      links: uint,
      sessions: uint,
      callsInFlight: uint,
      callsTotal: uhyper,
      lastEvent: uhyper,
      subscribers: uint,
      isSocketActivated: uint,
    },
    acl: [{ object: 'connect', permission: 'read' }],
    readOnly: true,
    repeatable: true,
    doc: 'Tell what the daemon is doing and what it costs.',
  }),
  daemonShutdown: procedure({
    number: 2,
    since,
    priority: 'high',
    args: {},
    returns: nothing,
    acl: [{ object: 'connect', permission: 'write' }],
    doc: 'Stop the daemon as a signal to terminate would; guests go on.',
  }),
  daemonGetLogLevel: procedure({
    number: 3,
    since,
    priority: 'high',
    args: {},
    returns: { level: uint },
    acl: [{ object: 'connect', permission: 'read' }],
    readOnly: true,
    repeatable: true,
    doc: 'Tell which lines are logged: from 1 (debug) to 4 (errors only).',
  }),
  daemonSetLogLevel: procedure({
    number: 4,
    since,
    priority: 'high',
    args: { level: uint },
    returns: nothing,
    acl: [{ object: 'connect', permission: 'write' }],
    repeatable: true,
    doc: 'Set which lines are logged until the daemon ends.',
  }),
} as const;

export const modvirtProgram = {
  name: 'modvirt',
  number: 0x6d6f6476,
  version: 1,
  procedures: daemonControl,
  events: {},
} as const satisfies Program;
