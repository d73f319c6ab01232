/** Who owns a file or directory that is made for a guest: the daemon, or the user that the guest runs as. */
export type PlannedOwner = 'daemon' | 'guest';

export interface PlannedDirectory {
  readonly path: string;
  readonly mode: number;
  readonly owner: PlannedOwner;
}

/** A file that the guest needs before it begins. */
export interface PlannedFile {
  readonly path: string;
  readonly mode: number;
  readonly owner: PlannedOwner;
  /** `random`: so many bytes of it, made when the plan is carried out (a key). */
  readonly content:
    | { readonly type: 'text'; readonly text: string }
    | { readonly type: 'random'; readonly bytes: number }
    | { readonly type: 'key'; readonly value: Uint8Array };
}

/** A descriptor that the guest inherits; its number in the guest stands in `argv`. */
export type PlannedDescriptor =
  | { readonly type: 'listen'; readonly number: number; readonly path: string; readonly owner: PlannedOwner }
  | { readonly type: 'append'; readonly number: number; readonly path: string }
  /** Opened for reading and writing: a device node. */
  | { readonly type: 'open'; readonly number: number; readonly path: string }
  /** A queue of the tap device of the interface with that alias. */
  | { readonly type: 'tap'; readonly number: number; readonly interface: string; readonly queue: number }
  /** One end of a socket pair; a helper process has the other. */
  | { readonly type: 'helper'; readonly number: number; readonly helper: string }
  /** One that a client associated with the domain before the start. */
  | { readonly type: 'associated'; readonly number: number; readonly name: string; readonly index: number };

/** A character device of which only QEMU knows, once it runs, which terminal it got. */
export interface PlannedTerminal {
  /** Its alias, without the `char` in front. */
  readonly alias: string;
}

/**
 * Everything that starting a guest does, decided beforehand: data to print, compare and carry out.
 * `argv` has no program name in it.
 */
export interface LaunchPlan {
  readonly emulator: string;
  readonly argv: readonly string[];
  readonly env: { readonly [name: string]: string };
  readonly directories: readonly PlannedDirectory[];
  readonly files: readonly PlannedFile[];
  readonly descriptors: readonly PlannedDescriptor[];
  readonly terminals: readonly PlannedTerminal[];
  /** `domain-ID-NAME` below the library directory. */
  readonly privateDirectory: string;
  /** Where the guest's channels have their sockets. */
  readonly channelDirectory: string;
  readonly monitorPath: string;
  readonly pidFilePath: string;
  /** Paths of disks and other files that the guest opens: they are given to its user. */
  readonly resources: readonly { readonly path: string; readonly readOnly: boolean }[];
  /** What makes the guest unsupportable, in libvirt's words (`custom-argv`, `high-privileges` …). */
  readonly taints: readonly string[];
}
