/** An event that QEMU sent by itself. */
export interface MonitorEvent {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** When QEMU says that it happened. */
  readonly seconds: number;
  readonly microseconds: number;
}

/** QEMU refused a command: `errorClass` and text are QEMU's. */
export class MonitorError extends Error {
  readonly command: string;
  readonly errorClass: string;

  constructor(command: string, errorClass: string, description: string) {
    super(description);
    this.name = 'MonitorError';
    this.command = command;
    this.errorClass = errorClass;
  }
}

export interface MonitorHandlers {
  onEvent(event: MonitorEvent): void;
  /** The link is gone, whoever ended it: QEMU has ended, or is of no more use. */
  onEnd(error: Error | undefined): void;
}

/** One QEMU's control channel. */
export interface Monitor {
  /** Resolves when the link has ended and all that came over it was handed on. */
  readonly ended: Promise<void>;
  /**
   * @throws MonitorError what QEMU answered; VirError OPERATION_FAILED or INTERNAL_ERROR when the link ended or the
   * deadline passed
   */
  execute(command: string, args?: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<unknown>;
  /**
   * Sends a whole command, `id` aside, and gives QEMU's whole answer as it was written, whether it refused or not.
   *
   * @throws VirError when the link ended or the deadline passed
   */
  exchange(command: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<string>;
  /** Gives QEMU a descriptor, which stays ours, under a name that later commands know it by (`fd:NAME`). */
  passDescriptor(name: string, descriptor: number, signal?: AbortSignal): Promise<void>;
  setHandlers(handlers: MonitorHandlers): void;
  close(): void;
}
