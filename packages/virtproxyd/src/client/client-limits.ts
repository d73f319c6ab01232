/** What one client may cost. Numbers from the daemon's configuration where libvirt has a key for them. */
export interface ClientLimits {
  /** Calls of one client that are served at a time (`max_client_requests`). */
  readonly requests: number;
  /** Longest message before authentication. */
  readonly anonymousMessageBytes: number;
  /** How long a message may take to arrive whole before authentication, and authentication itself. */
  readonly anonymousMs: number;
  /** Replies and stream packets that wait for the client to read. */
  readonly pendingBytes: number;
  /** Events that wait for the client to read: it does not ask for them, so it gets less room. */
  readonly pendingEventBytes: number;
  /** How long a client may leave waiting output unread. */
  readonly stalledMs: number;
  /** -1: never asked for a sign of life. */
  readonly keepaliveIntervalSeconds: number;
  readonly keepaliveCount: number;
}

export const defaultLimits: ClientLimits = {
  requests: 5,
  anonymousMessageBytes: 65_536,
  anonymousMs: 30_000,
  pendingBytes: 96 * 1024 * 1024,
  pendingEventBytes: 16 * 1024 * 1024,
  stalledMs: 60_000,
  keepaliveIntervalSeconds: 5,
  keepaliveCount: 5,
};
