import type { Assembly } from '../assembly.js';

const PASSED_ON = ['LD_PRELOAD', 'LD_LIBRARY_PATH', 'PATH'];
const PASSED_ON_LATER = ['USER', 'LOGNAME', 'TMPDIR'];

/** The environment of the guest's process: a few variables of the daemon's and a home of its own. */
export function guestEnvironment(to: Assembly, home: string): { readonly [name: string]: string } {
  const env: { [name: string]: string } = { LC_ALL: 'C' };
  const passOn = (names: readonly string[]) => {
    for (const name of names) {
      const value = to.cx.host.environment(name);
      if (value !== undefined) env[name] = value;
    }
  };
  passOn(PASSED_ON);
  env.HOME = home;
  passOn(PASSED_ON_LATER);
  env.XDG_DATA_HOME = `${home}/.local/share`;
  env.XDG_CACHE_HOME = `${home}/.cache`;
  env.XDG_CONFIG_HOME = `${home}/.config`;
  return env;
}

/** System calls that QEMU gives up. */
export function addSandbox(to: Assembly): void {
  const { seccompSandbox } = to.cx.config;
  if (seccompSandbox === 0 || !to.cx.caps.has('seccomp-sandbox')) return;
  to.out.option('sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny');
}
