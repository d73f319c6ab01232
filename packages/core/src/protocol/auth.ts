// Authentication. Numbers, shapes and permissions: libvirt 11.3.0, remote_protocol.x.
import { array, chars, int, nothing, text } from '../wire/types.js';
import { limits } from './limits.js';
import { procedure } from './procedure.js';

export const auth = {
  authList: procedure({
    number: 66,
    since: '0.4.1',
    priority: 'high',
    args: nothing,
    returns: { types: array(int, limits.authTypeListMax) },
    acl: [],
    readOnly: true,
    repeatable: true,
    owner: 'proxy',
    doc: 'Which ways of authentication this socket accepts.',
  }),
  authSaslInit: procedure({
    number: 67,
    since: '0.4.1',
    priority: 'high',
    args: nothing,
    returns: { mechlist: text },
    acl: [],
    readOnly: true,
    owner: 'proxy',
    doc: 'Begin SASL: the mechanisms that the daemon offers.',
  }),
  authSaslStart: procedure({
    number: 68,
    since: '0.4.1',
    priority: 'high',
    args: { mech: text, nil: int, data: chars(limits.authSaslDataMax) },
    returns: { complete: int, nil: int, data: chars(limits.authSaslDataMax) },
    acl: [],
    readOnly: true,
    owner: 'proxy',
    doc: 'First SASL message: the chosen mechanism and what the client says.',
  }),
  authSaslStep: procedure({
    number: 69,
    since: '0.4.1',
    priority: 'high',
    args: { nil: int, data: chars(limits.authSaslDataMax) },
    returns: { complete: int, nil: int, data: chars(limits.authSaslDataMax) },
    acl: [],
    readOnly: true,
    owner: 'proxy',
    doc: 'A further SASL message, until both sides are content.',
  }),
  authPolkit: procedure({
    number: 70,
    since: '0.4.1',
    priority: 'high',
    args: nothing,
    returns: { complete: int },
    acl: [],
    readOnly: true,
    owner: 'proxy',
    doc: 'Have polkit decide whether the peer of a unix socket may manage domains.',
  }),
} as const;
