export {
  ClientConnection,
  type ClientConnectionOptions,
  type EventListener,
  type Subscribed,
} from './client-connection.js';
export { FrameWriter } from './frame-codec.js';
export { type Contracts, type PeerGreeting, PlainCodecs } from './handshake.js';
export type { KeepaliveLimits } from './keepalive.js';
export { LinkLostError } from './link-lost-error.js';
export { ProtocolError } from './protocol-error.js';
export type {
  CallOptions,
  CallResult,
  DaemonEvent,
  DaemonLink,
  EventGap,
  EventPosition,
  OpenOptions,
  RemoteSession,
} from './remote-session.js';
export { RpcServer, type RpcServerOptions, type ServerCounts } from './rpc-server.js';
