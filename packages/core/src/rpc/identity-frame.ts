import type { Identity } from '../auth/identity.js';
import type { PeerCredentials } from '../ports/byte-channel.js';
import { ProtocolError } from './protocol-error.js';

const FIELD_TYPES = {
  uid: 'number',
  gid: 'number',
  userName: 'string',
  groupName: 'string',
  pid: 'number',
  processStartTime: 'bigint',
  saslUserName: 'string',
  x509DistinguishedName: 'string',
  selinuxContext: 'string',
} as const satisfies { readonly [K in keyof Required<Identity>]: string };

/** @throws ProtocolError */
export function identityFromWire(value: unknown): Identity {
  if (typeof value !== 'object' || value === null) throw new ProtocolError('identity is no object');
  for (const [name, field] of Object.entries(value)) {
    const expected = Object.hasOwn(FIELD_TYPES, name) ? FIELD_TYPES[name as keyof Identity] : undefined;
    if (typeof field !== expected) throw new ProtocolError(`identity: ${name} is not expected so`);
  }
  return value as Identity;
}

/** What the kernel says of the peer. */
export function identityOfPeer(peer: PeerCredentials | undefined): Identity {
  if (peer === undefined) return {};
  return {
    pid: peer.pid,
    uid: peer.uid,
    gid: peer.gid,
    ...(peer.startTimeTicks === undefined ? {} : { processStartTime: peer.startTimeTicks }),
    ...(peer.securityContext === undefined ? {} : { selinuxContext: peer.securityContext }),
  };
}
