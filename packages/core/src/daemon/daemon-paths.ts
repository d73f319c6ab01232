import { join } from 'node:path';

/** Where a daemon's things are. */
export interface DaemonPaths {
  readonly etc: string;
  readonly run: string;
  readonly lib: string;
  readonly log: string;
  readonly cache: string;
  readonly pidFile: string;
  readonly nativeSocket: string;
}

/** Path of a daemon's native socket below a root. */
export function nativeSocketPath(root: string, daemon: string): string {
  return join(root, 'run/libvirt/rpc', `${daemon}.sock`);
}

export function systemPaths(root: string, daemon: string): DaemonPaths {
  return {
    etc: join(root, 'etc/libvirt'),
    run: join(root, 'run/libvirt'),
    lib: join(root, 'var/lib/libvirt'),
    log: join(root, 'var/log/libvirt'),
    cache: join(root, 'var/cache/libvirt'),
    pidFile: join(root, 'run', `${daemon}.pid`),
    nativeSocket: nativeSocketPath(root, daemon),
  };
}

interface UserEnv {
  readonly HOME?: string | undefined;
  readonly XDG_CONFIG_HOME?: string | undefined;
  readonly XDG_CACHE_HOME?: string | undefined;
  readonly XDG_DATA_HOME?: string | undefined;
  readonly XDG_RUNTIME_DIR?: string | undefined;
}

/** As libvirt's session daemons have them; `root` comes before all of them. */
export function sessionPaths(root: string, daemon: string, env: UserEnv): DaemonPaths {
  const home = env.HOME ?? '/';
  const etc = join(root, env.XDG_CONFIG_HOME ?? join(home, '.config'), 'libvirt');
  const cache = join(root, env.XDG_CACHE_HOME ?? join(home, '.cache'), 'libvirt');
  const run = env.XDG_RUNTIME_DIR === undefined ? cache : join(root, env.XDG_RUNTIME_DIR, 'libvirt');
  return {
    etc,
    run,
    lib: join(root, env.XDG_DATA_HOME ?? join(home, '.local/share'), 'libvirt'),
    log: join(cache, 'log'),
    cache,
    pidFile: join(run, `${daemon}.pid`),
    nativeSocket: join(run, 'rpc', `${daemon}.sock`),
  };
}
