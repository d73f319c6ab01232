import { existsSync } from 'node:fs';
import { daemonForOwner, daemonForScheme, daemons } from '@modvirt/core/uri';
import type { DaemonPlaces } from './daemon-places.js';

/**
 * Daemons as this host has them: one whose native socket is there is installed, whether it runs or is started by the next
 * connection.
 */
export function socketPlaces(socketOf: (daemon: string) => string, path: 'system' | 'session'): DaemonPlaces {
  const isThere = (daemon: string): boolean => existsSync(socketOf(daemon));
  return {
    isThere,
    // A daemon that drives no hypervisor can be opened by itself too: network:///system.
    hypervisorFor: (scheme) => daemonForScheme(scheme)?.name,
    ownerDaemon: (owner) => daemonForOwner(owner)?.name,
    defaultUri: () => {
      const row = daemons.find((one) => one.owner === 'hypervisor' && isThere(one.name));
      return row === undefined ? undefined : `${row.scheme}:///${path}`;
    },
  };
}
