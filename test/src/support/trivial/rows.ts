import { procedure } from '@modvirt/core/protocol';
import { bytes, hyper, nothing, text, uint } from '@modvirt/core/wire';

const base = { since: '0.0.1', priority: 'low', acl: [], doc: 'For tests.' } as const;

export const trivialRows = {
  add: procedure({
    ...base,
    number: 1,
    args: { a: hyper, b: hyper },
    returns: { sum: hyper },
    repeatable: true,
  }),
  /** Answers after a while, or ends the daemon first. */
  wait: procedure({ ...base, number: 2, args: { ms: uint }, returns: { pid: uint }, repeatable: true }),
  waitOnce: procedure({ ...base, number: 3, args: { ms: uint }, returns: nothing }),
  emit: procedure({ ...base, number: 4, args: { count: uint, name: text }, returns: nothing }),
  download: procedure({ ...base, number: 5, args: { bytes: hyper }, returns: nothing, stream: 'read' }),
  upload: procedure({ ...base, number: 6, args: {}, returns: nothing, stream: 'write' }),
  memoryFile: procedure({
    ...base,
    number: 7,
    args: { content: bytes(1000) },
    returns: nothing,
    descriptors: 'out',
  }),
  busy: procedure({ ...base, number: 8, args: { isBusy: uint }, returns: nothing }),
} as const;

export const trivialProgram = {
  name: 'trivial',
  number: 0x7e57,
  version: 1,
  procedures: trivialRows,
  events: {},
} as const;
