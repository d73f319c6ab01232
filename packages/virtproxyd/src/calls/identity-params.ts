import type { Identity } from '@modvirt/core/auth';
import { readParameters, type TypedParameter } from '@modvirt/core/protocol';

/** Names and types that CONNECT_SET_IDENTITY knows. */
const TYPES = {
  'user-name': 'string',
  'unix-user-id': 'ullong',
  'group-name': 'string',
  'unix-group-id': 'ullong',
  'process-id': 'llong',
  'process-time': 'ullong',
  'sasl-user-name': 'string',
  'x509-distinguished-name': 'string',
  'selinux-context': 'string',
  // How libvirt's own daemons show each other that they run on one host; we go by who the peer is.
  'system.token': 'string',
} as const;

/** @throws VirError for a parameter that is unknown or of another type */
export function identityFrom(params: readonly TypedParameter[]): Identity {
  const given = readParameters(params, TYPES);
  return present({
    userName: given['user-name'],
    uid: asNumber(given['unix-user-id']),
    groupName: given['group-name'],
    gid: asNumber(given['unix-group-id']),
    pid: asNumber(given['process-id']),
    processStartTime: given['process-time'],
    saslUserName: given['sasl-user-name'],
    x509DistinguishedName: given['x509-distinguished-name'],
    selinuxContext: given['selinux-context'],
  });
}

function asNumber(value: bigint | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function present(values: { readonly [K in keyof Identity]: Identity[K] | undefined }): Identity {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
