// Authentication. Numbers, shapes and permissions: libvirt 11.3.0, remote_protocol.x.
import { array, chars, int, nothing, text } from '../wire/types.js';
import { limits } from './limits.js';
import { procedure } from './procedure.js';

export const auth = {
  authList: procedure({
    number: 66,
    since: '0.3.0',
    priority: 'high',
    args: nothing,
    returns: { types: array(int, limits.authTypeListMax) },
    acl: [],
    repeatable: true,
    owner: 'proxy',
    doc: 'Auth list.',
  }),
  authSaslInit: procedure({
    number: 67,
    since: '0.3.0',
    priority: 'high',
    args: nothing,
    returns: { mechlist: text },
    acl: [],
    owner: 'proxy',
    doc: 'Auth sasl init.',
  }),
  authSaslStart: procedure({
    number: 68,
    since: '0.3.0',
    priority: 'high',
    args: { mech: text, nil: int, data: chars(limits.authSaslDataMax) },
    returns: { complete: int, nil: int, data: chars(limits.authSaslDataMax) },
    acl: [],
    owner: 'proxy',
    doc: 'Auth sasl start.',
  }),
  authSaslStep: procedure({
    number: 69,
    since: '0.3.0',
    priority: 'high',
    args: { nil: int, data: chars(limits.authSaslDataMax) },
    returns: { complete: int, nil: int, data: chars(limits.authSaslDataMax) },
    acl: [],
    owner: 'proxy',
    doc: 'Auth sasl step.',
  }),
  authPolkit: procedure({
    number: 70,
    since: '0.3.0',
    priority: 'high',
    args: nothing,
    returns: { complete: int },
    acl: [],
    owner: 'proxy',
    doc: 'Auth polkit.',
  }),
} as const;
