// Memory of domains. Numbers, shapes and permissions: libvirt 11.3.0, remote_protocol.x.
import { array, bytes, int, nothing, struct, uhyper, uint } from '../wire/types.js';
import { namesConfig, namesNeither } from './acl-flags.js';
import { limits } from './limits.js';
import { procedure } from './procedure.js';
import { domainRef } from './refs.js';
import { typedParameter } from './typed-parameter.js';

const domainMemoryStat = struct({ tag: int, val: uhyper });

export const domainMemory = {
  domainGetMaxMemory: procedure({
    number: 17,
    since: '0.0.3',
    priority: 'high',
    args: { dom: domainRef },
    returns: { memory: uhyper },
    acl: [{ object: 'domain', permission: 'read' }],
    api: 'virDomainGetMaxMemory',
    readOnly: true,
    repeatable: true,
    doc: 'The largest memory the domain may be given, in KiB.',
  }),
  domainSetMaxMemory: procedure({
    number: 30,
    since: '0.0.3',
    priority: 'high',
    args: { dom: domainRef, memory: uhyper },
    returns: nothing,
    acl: [{ object: 'domain', permission: 'write' }],
    api: 'virDomainSetMaxMemory',
    doc: 'Change the largest memory the domain may be given, in KiB.',
  }),
  domainSetMemory: procedure({
    number: 31,
    since: '0.1.1',
    priority: 'low',
    args: { dom: domainRef, memory: uhyper },
    returns: nothing,
    acl: [{ object: 'domain', permission: 'write' }],
    api: 'virDomainSetMemory',
    doc: 'Change the memory a running domain has, in KiB.',
  }),
  domainMemoryPeek: procedure({
    number: 104,
    since: '0.4.2',
    priority: 'low',
    args: { dom: domainRef, offset: uhyper, size: uint, flags: uint },
    returns: { buffer: bytes(limits.domainMemoryPeekBufferMax) },
    acl: [{ object: 'domain', permission: 'mem_read' }],
    api: 'virDomainMemoryPeek',
    repeatable: true,
    doc: "Read a piece of the domain's memory, by virtual or physical address.",
  }),
  domainMemoryStats: procedure({
    number: 159,
    since: '0.7.5',
    priority: 'low',
    args: { dom: domainRef, maxStats: uint, flags: uint },
    returns: { stats: array(domainMemoryStat, limits.domainMemoryStatsMax) },
    acl: [{ object: 'domain', permission: 'read' }],
    api: 'virDomainMemoryStats',
    readOnly: true,
    repeatable: true,
    doc: 'Figures of the balloon: memory that the guest has, uses and swaps.',
  }),
  domainSetMemoryParameters: procedure({
    number: 197,
    since: '0.8.5',
    priority: 'low',
    args: { dom: domainRef, params: array(typedParameter, limits.domainMemoryParametersMax), flags: uint },
    returns: nothing,
    acl: [
      { object: 'domain', permission: 'write' },
      { object: 'domain', permission: 'save', whenFlags: namesNeither },
      { object: 'domain', permission: 'save', whenFlags: namesConfig },
    ],
    api: 'virDomainSetMemoryParameters',
    doc: "Change the limits of the domain's memory.",
  }),
  domainGetMemoryParameters: procedure({
    number: 198,
    since: '0.8.5',
    priority: 'low',
    args: { dom: domainRef, nparams: int, flags: uint },
    returns: { params: array(typedParameter, limits.domainMemoryParametersMax), nparams: int },
    acl: [{ object: 'domain', permission: 'read' }],
    api: 'virDomainGetMemoryParameters',
    readOnly: true,
    repeatable: true,
    doc: "The limits of the domain's memory.",
  }),
  domainSetMemoryFlags: procedure({
    number: 204,
    since: '0.9.0',
    priority: 'low',
    args: { dom: domainRef, memory: uhyper, flags: uint },
    returns: nothing,
    acl: [
      { object: 'domain', permission: 'write' },
      { object: 'domain', permission: 'save', whenFlags: namesNeither },
      { object: 'domain', permission: 'save', whenFlags: namesConfig },
    ],
    api: 'virDomainSetMemoryFlags',
    doc: "Change the domain's memory, running, defined or largest, in KiB.",
  }),
  domainSetMemoryStatsPeriod: procedure({
    number: 308,
    since: '1.1.1',
    priority: 'low',
    args: { dom: domainRef, period: int, flags: uint },
    returns: nothing,
    acl: [
      { object: 'domain', permission: 'write' },
      { object: 'domain', permission: 'save', whenFlags: namesNeither },
      { object: 'domain', permission: 'save', whenFlags: namesConfig },
    ],
    api: 'virDomainSetMemoryStatsPeriod',
    doc: 'Change how often the balloon reports, in seconds.',
  }),
} as const;
