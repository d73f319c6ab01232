/** A tap device that is made for a guest. */
export interface TapRequest {
  /** Its whole name. */
  readonly name: string;
  readonly queues: number;
  /** Packets carry the header that virtio cards understand. */
  readonly vnetHeader: boolean;
}

/** A tap device, which is there as long as one of its descriptors is open. */
export interface Tap {
  readonly name: string;
  /** One for each queue; whoever asked for them closes them. */
  readonly descriptors: readonly number[];
}

/** Lines for the batch mode of a tool of iproute2. */
export interface LinkCommands {
  readonly tool: 'ip' | 'bridge' | 'tc';
  readonly lines: readonly string[];
}

/** The host's network devices. */
export interface Links {
  /** @throws Error with `code` EBUSY for a name that is in use */
  openTap(request: TapRequest): Tap;
  /** The queues of a macvtap device. */
  openMacvtap(request: TapRequest): Promise<Tap>;
  /** A device file, for reading and writing; the caller closes it. */
  openDevice(path: string): number;
  exists(name: string): Promise<boolean>;
  /** The bridge that a device is plugged into. */
  bridgeOf(name: string): Promise<string | undefined>;
  mtuOf(name: string): Promise<number | undefined>;
  /** Carries them out in their order; the first that fails is the last. @throws VirError INTERNAL_ERROR in the tool's words */
  change(commands: readonly LinkCommands[], signal?: AbortSignal): Promise<void>;
  /** What a tool of iproute2 says. @throws VirError INTERNAL_ERROR in the tool's words */
  show(command: readonly [string, ...string[]], signal?: AbortSignal): Promise<string>;
}
