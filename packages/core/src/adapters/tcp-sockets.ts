import { createServer, type Server } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import type { Listener } from '../ports/listener.js';
import { NodeListener } from './node-channel.js';

interface TcpAddress {
  /** All addresses where absent. */
  readonly host?: string;
  /** 0: any that is free. */
  readonly port: number;
}

/** Where to listen: an address, or a descriptor that listens already. */
export type TcpPlace = TcpAddress | { readonly fd: number };

/** @throws code EADDRINUSE, EACCES … */
export async function listenTcp(place: TcpPlace, tls?: TlsOptions): Promise<Listener> {
  // What a peer still has to hear may follow its own end.
  const shared = { allowHalfOpen: true, pauseOnConnect: tls === undefined, noDelay: true };
  const server = tls === undefined ? createServer(shared) : createTlsServer({ ...tls, ...shared });
  await listening(server, place);
  return new NodeListener(server, describe(server), tls === undefined ? 'connection' : 'secureConnection');
}

function listening(server: Server, place: TcpPlace): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(place, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function describe(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') return 'tcp';
  return `tcp ${address.address} port ${address.port}`;
}
