/** What started us and watches us: systemd, or nobody, and then all of this does nothing. */
export interface ServiceManager {
  /** Sends lines such as `READY=1`, `STATUS=…`, `STOPPING=1`. @returns whether somebody listens */
  notify(...lines: readonly string[]): boolean;

  /** How often `WATCHDOG=1` is expected at least; undefined when it is not. */
  readonly watchdogIntervalMs: number | undefined;

  /** Whether we were started with sockets, so that ending when idle does no harm. */
  readonly isSocketActivated: boolean;

  /** Descriptors that came under `name`; each is handed out once, and the taker owns it. */
  takeDescriptors(name: string): readonly number[];
  /** Names that still have descriptors. */
  descriptorNames(): readonly string[];

  /** Keeps copies of descriptors for our next life. `name` has no colon. @returns whether somebody does */
  storeDescriptors(name: string, descriptors: readonly number[]): boolean;
  forgetDescriptors(name: string): boolean;
}
