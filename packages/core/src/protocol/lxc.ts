// The LXC program. Numbers, shapes and permissions: libvirt 11.3.0, lxc_protocol.x.
import { nothing, uint } from '../wire/types.js';
import { procedure } from './procedure.js';
import { domainRef } from './refs.js';

export const lxcDomain = {
  domainOpenNamespace: procedure({
    number: 1,
    since: '1.0.2',
    priority: 'low',
    args: { dom: domainRef, flags: uint },
    returns: nothing,
    acl: [{ object: 'domain', permission: 'open_namespace' }],
    api: 'virDomainLxcOpenNamespace',
    descriptors: 'out',
    doc: 'Descriptors of the namespaces that a running container lives in.',
  }),
} as const;
