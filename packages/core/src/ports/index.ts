export type { ByteChannel, ByteChannelHandlers, PeerCredentials } from './byte-channel.js';
export {
  type Clock,
  type Deadline,
  DeadlineError,
  startDeadline,
  type Timer,
  untilAborted,
  withDeadline,
} from './clock.js';
export type { Descriptors } from './descriptors.js';
export type { FileAttributes } from './file-attributes.js';
export type { FileLocks, HeldLock, LockResult } from './file-locks.js';
export type { DirectoryEntry, FileInfo, Files, FileType, Owner, ReplaceOptions } from './files.js';
export type { GuestLogs } from './guest-logs.js';
export type { ImageProbe, ImageSizes } from './image-probe.js';
export type { CgroupFiles, KernelFiles } from './kernel-files.js';
export type { LinkCommands, Links, Tap, TapRequest } from './links.js';
export type { Listener, ListenerHandlers } from './listener.js';
export type { LogFields, Logger } from './logger.js';
export type { OpenFile, OpenFiles, OpenOptions } from './open-files.js';
export type {
  ExitStatus,
  Limit,
  Process,
  Processes,
  SignalName,
  SpawnPlan,
  ToolOptions,
  ToolResult,
  UserIds,
} from './processes.js';
export type { ServiceManager } from './service-manager.js';
export type { Terminal, Terminals } from './terminals.js';
