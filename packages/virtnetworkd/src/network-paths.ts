import type { BasePaths } from '@modvirt/core/uri';

/** Where networks keep their things. Definitions are below the first hypervisor's directory, as they always were. */
export interface NetworkPaths {
  readonly definitions: string;
  readonly autostart: string;
  /** Status files, and ports in use. */
  readonly state: string;
  readonly pid: string;
  readonly dnsmasq: string;
}

export function networkPaths(base: BasePaths): NetworkPaths {
  const definitions = `${base.config}/qemu/networks`;
  const state = base.isSession ? `${base.run}/network/lib` : `${base.run}/network`;
  return {
    definitions,
    autostart: `${definitions}/autostart`,
    state,
    pid: base.isSession ? `${base.run}/network/run` : state,
    dnsmasq: base.isSession ? `${base.run}/dnsmasq/lib` : `${base.lib}/dnsmasq`,
  };
}
