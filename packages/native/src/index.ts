export type { Account, Group, Native, PollHandle, SocketFacts, SocketPeer } from './addon.js';
export { loadNative } from './load.js';
