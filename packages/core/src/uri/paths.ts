// Where everything is: libvirt's layout below one root. Session mode uses the user's own directories.

/** Directories that all daemons share. */
export interface BasePaths {
  /** Configuration: `/etc/libvirt`. */
  readonly config: string;
  /** What must not survive a boot: `/run/libvirt`. */
  readonly run: string;
  /** Pid files of the daemons: `/run`. */
  readonly pid: string;
  readonly lib: string;
  readonly log: string;
  readonly cache: string;
  readonly isSession: boolean;
}

/** The system's directories below `root` (`/` or a private set's). */
export function systemPaths(root: string): BasePaths {
  const base = root === '/' ? '' : root.replace(/\/+$/, '');
  return {
    config: `${base}/etc/libvirt`,
    run: `${base}/run/libvirt`,
    pid: `${base}/run`,
    lib: `${base}/var/lib/libvirt`,
    log: `${base}/var/log/libvirt`,
    cache: `${base}/var/cache/libvirt`,
    isSession: false,
  };
}

export interface SessionEnvironment {
  readonly home: string;
  readonly configHome?: string | undefined;
  readonly cacheHome?: string | undefined;
  readonly runtimeDir?: string | undefined;
}

/** The directories of one user (`qemu:///session`). */
export function sessionPaths(environment: SessionEnvironment): BasePaths {
  const cache = `${environment.cacheHome ?? `${environment.home}/.cache`}/libvirt`;
  const config = `${environment.configHome ?? `${environment.home}/.config`}/libvirt`;
  const run = environment.runtimeDir === undefined ? cache : `${environment.runtimeDir}/libvirt`;
  return { config, run, pid: run, lib: config, log: cache, cache, isSession: true };
}

/** The socket on which our own programs reach a daemon. */
export function nativeSocketPath(paths: BasePaths, daemon: string): string {
  return `${paths.run}/rpc/${daemon}.sock`;
}

export function pidFilePath(paths: BasePaths, daemon: string): string {
  return `${paths.pid}/${daemon}.pid`;
}

/** The sockets that libvirt's clients use. A session has no read-only one. */
export function legacySocketPaths(paths: BasePaths): {
  readonly readWrite: string;
  readonly readOnly: string | undefined;
  readonly admin: string;
} {
  return {
    readWrite: `${paths.run}/libvirt-sock`,
    readOnly: paths.isSession ? undefined : `${paths.run}/libvirt-sock-ro`,
    admin: `${paths.run}/libvirt-admin-sock`,
  };
}

/** Where a hypervisor's driver keeps its things; `driver` is `qemu`, `lxc`, `libxl`. */
export interface DriverPaths {
  readonly definitions: string;
  readonly autostart: string;
  /** Status files, pid files, what marks the boot. */
  readonly state: string;
  readonly lib: string;
  readonly channels: string;
  readonly log: string;
  readonly cache: string;
  readonly save: string;
  readonly snapshot: string;
  readonly checkpoint: string;
  readonly nvram: string;
  readonly dump: string;
}

export function driverPaths(paths: BasePaths, driver: string): DriverPaths {
  const definitions = `${paths.config}/${driver}`;
  const state = paths.isSession ? `${paths.run}/${driver}/run` : `${paths.run}/${driver}`;
  const lib = paths.isSession ? `${definitions}/lib` : `${paths.lib}/${driver}`;
  const kept = paths.isSession ? definitions : lib;
  return {
    definitions,
    autostart: `${definitions}/autostart`,
    state,
    lib,
    channels: `${state}/channel`,
    log: paths.isSession ? `${paths.log}/${driver}/log` : `${paths.log}/${driver}`,
    cache: paths.isSession ? `${paths.cache}/${driver}/cache` : `${paths.cache}/${driver}`,
    save: `${kept}/save`,
    snapshot: `${kept}/snapshot`,
    checkpoint: `${kept}/checkpoint`,
    nvram: `${kept}/nvram`,
    dump: `${kept}/dump`,
  };
}
