export type { Account, Group, Native, PollHandle, SocketFacts, SocketPeer } from './addon.js';
export { findProgram, loadNative } from './load.js';
