import type { Handlers } from '@modvirt/core/driver';
import type { connect } from '@modvirt/core/protocol/rows';

/** For a client that opens secret:///system itself. */
export function connectHandlers(): Handlers<typeof connect> {
  return {
    connectGetType: () => ({ type: 'secret' }),
    connectGetUri: (_args, call) => ({ uri: call.session.uri }),
    connectIsSecure: () => ({ secure: 1 }),
  };
}
