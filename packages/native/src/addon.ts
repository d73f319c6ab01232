/** Handle of a watched descriptor. */
export interface PollHandle {
  readonly __poll: unique symbol;
}

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  /** All groups the user is in, the primary one among them. */
  readonly groups: readonly number[];
}

export interface Group {
  readonly name: string;
  readonly gid: number;
}

export interface SocketFacts {
  readonly isListening: boolean;
  readonly isStream: boolean;
  readonly family: 'unix' | 'ipv4' | 'ipv6' | 'other';
  /** Unix only: '' when it has none, '@' in front when it is abstract. */
  readonly path?: string;
  readonly address?: string;
  readonly port?: number;
}

export interface SocketPeer {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  /** Its /proc/PID/stat, empty where there is none. */
  readonly stat: string;
  /** Absent where the kernel cannot tell. When true, `stat` is the peer's. */
  readonly isAlive?: boolean;
  readonly securityContext?: string;
}

/**
 * The addon's functions. They never wait, except those that return a promise, which use libuv's pool. What they open is
 * closed on exec. They throw Errors with `code`, `errno` and `syscall`. "-1" is "not now" (EAGAIN).
 */
export interface Native {
  /** The descriptor becomes non-blocking; `ready` gets a sum of 1 readable, 2 writable, 4 the peer has closed. */
  pollOpen(descriptor: number, ready: (events: number) => void): PollHandle;
  /** Level-triggered; 0 stops. */
  pollStart(handle: PollHandle, events: number): void;
  /** Whether an open handle keeps the program alive; it does at first. */
  pollHold(handle: PollHandle, hold: boolean): void;
  /** Must be called, and before the descriptor is closed. */
  pollClose(handle: PollHandle): void;

  writePieces(descriptor: number, pieces: readonly Uint8Array[], skip: number): number;
  sendPieces(socket: number, pieces: readonly Uint8Array[], skip: number): number;
  sendWithDescriptors(socket: number, bytes: Uint8Array, descriptors: Int32Array): number;
  /** 0 is the end. */
  readInto(descriptor: number, bytes: Uint8Array): number;
  /** 0 is the end. Received descriptors are appended; EMSGSIZE when there are more than `maxDescriptors`. */
  receiveInto(socket: number, bytes: Uint8Array, maxDescriptors: number, descriptors: number[]): number;

  /** `settings`: mode, uid or -1, gid or -1, backlog. A path with '@' in front is abstract. */
  listenUnix(path: string, settings: Int32Array): number;
  /** -1: the listener's queue is full. */
  connectUnix(path: string): number;
  acceptConnection(listener: number): number;
  socketPair(): [number, number];
  shutdownSending(socket: number): void;
  peerCredentials(socket: number): SocketPeer;
  /** Throws ENOTSOCK for anything but a socket. */
  describeSocket(descriptor: number): SocketFacts;
  sendDatagram(path: string, bytes: Uint8Array, descriptors: Int32Array): void;

  closeDescriptor(descriptor: number): void;
  duplicate(descriptor: number): number;
  setCloseOnExec(descriptor: number): void;
  setNonBlocking(descriptor: number, on: boolean): void;
  memoryFile(name: string): number;
  /** Blocking, for a child: reading end, writing end. */
  openPipe(): [number, number];
  renameExchange(a: string, b: string): void;
  /** The C library's words for an errno of either sign, as libvirt's messages have them. */
  errorText(errno: number): string;

  lockFirstByte(descriptor: number): boolean;
  /** A pid, -1 for a holder without one, undefined when nobody holds it. */
  firstByteHolder(descriptor: number): number | undefined;

  setRaw(descriptor: number): void;
  isTerminal(descriptor: number): boolean;
  openPseudoTerminal(): { readonly descriptor: number; readonly path: string };

  /** For reading and writing. */
  openDevice(path: string): number;
  /**
   * Makes the descriptor of a tun device a queue of the tap device `name`; flags are 0 or 1. The device goes with its last
   * queue.
   */
  attachTap(descriptor: number, name: string, vnetHeader: number, multiQueue: number): string;

  /** -1: no such process. */
  pidfdOpen(pid: number): number;
  pidfdSignal(pidfd: number, signal: number): boolean;
  /** [1, exit code] or [0, signal]; null while it runs; undefined when it is not our child. */
  pidfdWait(pidfd: number): [number, number] | null | undefined;
  spawn(
    file: string,
    argv: readonly string[],
    env: readonly string[],
    directory: string,
    cgroups: readonly string[],
    placements: Int32Array,
    ids: Uint32Array | null,
    limits: BigUint64Array,
    umask: number,
  ): Promise<[number, number]>;

  /**
   * Puts `bytes` in the place of the file, durably, by way of PATH.new. `settings`: mode, uid or -1, gid or -1.
   */
  replaceFile(path: string, bytes: Uint8Array, settings: Int32Array): Promise<unknown>;
  /** Durably, too. @returns whether there was one */
  removeFile(path: string): Promise<boolean>;

  /** Text of an extended attribute of what `path` leads to; undefined when it has none of that name. */
  readAttribute(path: string, name: string): Promise<string | undefined>;
  writeAttribute(path: string, name: string, text: string): Promise<void>;
  removeAttribute(path: string, name: string): Promise<void>;

  /** Registers eax, ebx, ecx, edx; undefined where processors have no such instruction. */
  cpuid(leaf: number, subleaf: number): [number, number, number, number] | undefined;

  /** Only to be asked where KVM has been seen to answer. */
  kvmMaxVcpus(): number;
  /** The same. Thousands of ticks a second, and 1 where guests can be given another speed; undefined: not known. */
  kvmTscKhz(): [number, number] | undefined;
  /** The same. Low and high word of a register that tells what the processor can do; undefined: there is none. */
  kvmMsr(index: number): [number, number] | undefined;

  findUser(nameOrUid: string | number): Promise<Account | undefined>;
  findGroup(nameOrGid: string | number): Promise<Group | undefined>;
}
