import { booleanParameter, intParameter, stringParameter, type TypedParameter } from '@modvirt/core/protocol';
import type { ClientConnection } from '../client/client-connection.js';

/** virClientTransport */
const TRANSPORTS = { unix: 0, tcp: 1, tls: 2 } as const;

/** Names of accounts on this host. */
export interface AccountNames {
  user(uid: number): Promise<string | undefined>;
  group(gid: number): Promise<string | undefined>;
}

/** A client as lists of clients have it. */
export function clientRef(server: string, client: ClientConnection) {
  return {
    srv: { name: server },
    id: BigInt(client.id),
    timestamp: BigInt(client.connectedSeconds),
    transport: TRANSPORTS[client.options.transport],
  };
}

/** All that is known of a client, in libvirt's order. */
export async function clientInfo(
  client: ClientConnection,
  accounts: AccountNames,
): Promise<readonly TypedParameter[]> {
  const { readOnly, transport, channel } = client.options;
  const { saslUserName, x509DistinguishedName, selinuxContext } = client.identity;
  const params = [booleanParameter('readonly', readOnly)];
  const text = (field: string, value: string | undefined): void => {
    if (value !== undefined) params.push(stringParameter(field, value));
  };
  text('sasl_user_name', saslUserName);
  if (transport !== 'unix') {
    text('sock_addr', channel.description);
    text('tls_x509_dname', x509DistinguishedName);
  } else if (channel.peer !== undefined) {
    const { uid, gid, pid } = channel.peer;
    params.push(intParameter('unix_user_id', uid));
    text('unix_user_name', await accounts.user(uid));
    params.push(intParameter('unix_group_id', gid));
    text('unix_group_name', await accounts.group(gid));
    params.push(intParameter('unix_process_id', pid));
  }
  text('selinux_context', selinuxContext);
  return params;
}
