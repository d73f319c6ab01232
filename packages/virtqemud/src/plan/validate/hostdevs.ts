import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';
import { isS390Ccw } from '../definition/machine.js';
import type { Hostdev } from '../definition/types.js';
import { unsupported } from './unsupported.js';

/** @throws VirError for host devices that exclude one another */
export function validateHostdevs(domain: Domain): void {
  const { devices } = domain;
  for (const hostdev of devices.hostdevs) checkHostdev(domain, hostdev);
  const withRamfb = devices.hostdevs.filter(
    (it) => it.mode === 'subsystem' && it.type === 'mdev' && it.ramfb === true,
  );
  if (withRamfb.length > 1) throw unsupported("Only one vgpu device can have 'ramfb' enabled");
}

function checkHostdev(domain: Domain, hostdev: Hostdev): void {
  if (hostdev.mode !== 'subsystem') {
    throw unsupported(`hostdev mode 'capabilities' is not supported in ${domain.type}`);
  }
  switch (hostdev.type) {
    case 'scsi':
      if (hostdev.sgio === 'unfiltered') throw unsupported('unfiltered sgio is no longer supported');
      if (hostdev.address !== undefined && hostdev.address.type !== 'drive') {
        throw unsupported("SCSI host device must use 'drive' address type");
      }
      return;
    case 'scsi_host':
      if (/^naa\.[0-9a-fA-F]{16}$/.test(hostdev.source.wwpn)) return;
      throw VirError.of('XML_ERROR', "malformed 'wwpn' value");
    case 'mdev':
      if (hostdev.model !== 'vfio-pci' && !isS390Ccw(domain)) {
        const kind = hostdev.model === 'vfio-ccw' ? 'CCW' : 'AP';
        throw unsupported(`VFIO ${kind} device assignment is not supported by this version of QEMU`);
      }
      if (hostdev.display === true && domain.devices.graphics.length === 0) {
        throw unsupported("graphics device is needed for attribute value 'display=on' in <hostdev>");
      }
      return;
    default:
  }
}
