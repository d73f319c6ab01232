/** What the kernel says of the process at the other end of a unix socket, as it was when it connected. */
export interface PeerCredentials {
  /** 0 when that process lives in a pid namespace that cannot be seen from here. */
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  /** In clock ticks since boot; absent when the process had already ended. */
  readonly startTimeTicks?: bigint;
  /** Label of the peer, where a security module gives one. */
  readonly securityContext?: string;
}

export interface ByteChannelHandlers {
  /** The bytes belong to the callee; they may be kept. Never empty. */
  onData(bytes: Uint8Array): void;
  /**
   * Descriptors that came along; the callee owns and closes them. They arrive in the order in which they were sent,
   * and before the `onData` that holds the first of the bytes they were written with (which may also hold bytes that
   * were written earlier). A channel whose user has no such handler closes what it is sent.
   */
  onDescriptors?(descriptors: readonly number[]): void;
  /** After a `write` that said false: all that was queued is with the kernel. */
  onDrain?(): void;
  /**
   * The peer sends nothing more. With this handler the channel stays open for writing until `end` or `destroy`;
   * without it the channel closes.
   */
  onPeerEnd?(): void;
  /**
   * While reading is paused: the peer has closed its end, so nobody waits for an answer. What it sent before can still be
   * read. Not every transport can tell.
   */
  onPeerGone?(): void;
  /** Called once, last of all. With an error if the channel broke or was destroyed with one. */
  onClose(error?: Error): void;
}

/**
 * A connected stream of bytes, both ways, over a unix socket, TCP, TLS or memory. Open from the beginning; nothing is read
 * before `setHandlers`, and no handler is called from within it or from within `write`, `end` or `destroy`.
 */
export interface ByteChannel {
  /** For logs: what kind of channel and to whom. */
  readonly description: string;
  /** Absent where the transport does not know: TCP, TLS, memory. */
  readonly peer: PeerCredentials | undefined;
  /** Whether descriptors can travel. */
  readonly carriesDescriptors: boolean;
  /** Bytes not yet given to the kernel. */
  readonly pendingBytes: number;
  /** True until `onClose`, `end` or `destroy`. */
  readonly isOpen: boolean;

  /** Starts reading. Called once. */
  setHandlers(handlers: ByteChannelHandlers): void;

  /**
   * Queues `bytes`, which must not change afterwards; what is queued in one turn of the event loop goes out in as few system
   * calls as possible. Does nothing on a channel that is not open, but the descriptors are closed all the same.
   *
   * @param bytes       not empty if there are descriptors
   * @param descriptors travel in one message of the kernel that holds these bytes and no others, so that "one zero byte for
   *                    each descriptor" is one `write` for each. The channel owns them from here and closes them when sent.
   * @returns false when enough is queued: write more only after `onDrain`
   * @throws TypeError if there are descriptors and the channel carries none
   */
  write(bytes: Uint8Array, descriptors?: readonly number[]): boolean;

  /** Stops calling `onData` as soon as possible; at most one more call may come. */
  pause(): void;
  resume(): void;

  /** Closes once what is queued has been written; nothing more is read. */
  end(): void;

  /** Closes now and drops what is queued. `error` is what `onClose` is told. */
  destroy(error?: Error): void;
}
