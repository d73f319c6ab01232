// The QEMU program. Numbers, shapes and permissions: libvirt 11.3.0, qemu_protocol.x.
import { hyper, int, nothing, optional, optionalText, text, uint } from '../wire/types.js';
import { eventMessage, procedure } from './procedure.js';
import { domainRef } from './refs.js';

export const qemuMonitor = {
  domainMonitorCommand: procedure({
    number: 1,
    since: '0.8.3',
    priority: 'low',
    args: { dom: domainRef, cmd: text, flags: uint },
    returns: { result: text },
    acl: [{ object: 'domain', permission: 'write' }],
    api: 'virDomainQemuMonitorCommand',
    doc: "Send a command to the QEMU monitor, past the daemon's own bookkeeping.",
  }),
  domainAttach: procedure({
    number: 2,
    since: '0.9.4',
    priority: 'low',
    args: { pidValue: uint, flags: uint },
    returns: { dom: domainRef },
    acl: [
      { object: 'domain', permission: 'start' },
      { object: 'domain', permission: 'write' },
    ],
    api: 'virDomainQemuAttach',
    doc: 'Take over a QEMU process that was started by hand, named by its process id.',
  }),
  domainAgentCommand: procedure({
    number: 3,
    since: '0.10.0',
    priority: 'low',
    args: { dom: domainRef, cmd: text, timeout: int, flags: uint },
    returns: { result: optionalText },
    acl: [{ object: 'domain', permission: 'write' }],
    api: 'virDomainQemuAgentCommand',
    doc: 'Send a command to the guest agent.',
  }),
  connectDomainMonitorEventRegister: procedure({
    number: 4,
    since: '1.2.3',
    priority: 'high',
    args: { dom: optional(domainRef), event: optionalText, flags: uint },
    returns: { callbackID: int },
    acl: [
      { object: 'connect', permission: 'search_domains' },
      { object: 'connect', permission: 'write' },
    ],
    aclFilter: [{ object: 'domain', permission: 'getattr' }],
    api: 'virConnectDomainQemuMonitorEventRegister',
    owner: 'proxy',
    doc: 'Ask for events of the QEMU monitor by name or pattern.',
  }),
  connectDomainMonitorEventDeregister: procedure({
    number: 5,
    since: '1.2.3',
    priority: 'high',
    args: { callbackID: int },
    returns: nothing,
    acl: [{ object: 'connect', permission: 'write' }],
    api: 'virConnectDomainQemuMonitorEventDeregister',
    owner: 'proxy',
    doc: 'No longer send monitor events of one registration.',
  }),
  domainMonitorCommandWithFiles: procedure({
    number: 7,
    since: '8.2.0',
    priority: 'low',
    args: { dom: domainRef, cmd: text, flags: uint },
    returns: { result: text },
    acl: [{ object: 'domain', permission: 'write' }],
    api: 'virDomainQemuMonitorCommandWithFiles',
    descriptors: 'both',
    doc: 'Send a command to the QEMU monitor, with descriptors both ways.',
  }),
} as const;

export const qemuMonitorMessages = {
  domainMonitorEvent: eventMessage({
    number: 6,
    since: '0.9.0',
    message: {
      callbackID: int,
      dom: domainRef,
      event: text,
      seconds: hyper,
      micros: uint,
      details: optionalText,
    },
    doc: 'Something the QEMU monitor said, as it said it.',
  }),
} as const;
