/** One side of the comparison: daemons on files of their own. */
export interface Contender {
  readonly name: 'ours' | 'libvirtd';
  /** For libvirt's clients. */
  readonly uri: string;
  /** Where its definitions lie, as seen from here. */
  readonly definitions: string;
  /** Starts everything, and returns when it answers. */
  start(): Promise<void>;
  /** Stops the daemons; guests go on. */
  stopDaemons(): Promise<void>;
  /** Ends whatever is left, guests too. */
  end(): Promise<void>;
  /** The daemon that serves clients, and the one that has the domains: libvirtd is both. */
  readonly proxy: string;
  readonly driver: string;
  stop(program: string): Promise<void>;
  /** Starts a daemon and does not wait for it. */
  launch(program: string): void;
  /** Of the program that runs. @throws Error when it does not run */
  pidOf(program: string): number;
  /** Process of the guest's emulator. @throws Error when there is none */
  guestPid(guest: string): number;
}
