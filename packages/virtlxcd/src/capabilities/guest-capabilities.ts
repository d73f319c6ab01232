import type { GuestCapabilities } from '@modvirt/core/schema';
import { DEFAULT_EMULATOR } from '../plan/emulator.js';
import { containerArchitectures } from '../plan/post-parse.js';

/** `<guest>` for each kind of container that this host runs. */
export function guestCapabilities(hostArch: string): readonly GuestCapabilities[] {
  return containerArchitectures(hostArch).map((name) => ({
    os_type: 'exe',
    arch: {
      name,
      wordsize: /64|s390x/.test(name) ? 64 : 32,
      emulator: DEFAULT_EMULATOR,
      machines: [],
      domains: [{ type: 'lxc', machines: [] }],
    },
  }));
}
