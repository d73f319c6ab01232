import { VirError } from '@modvirt/core/errors';
import type { Files } from '@modvirt/core/ports';
import type { Domain } from '@modvirt/core/schema';
import { type HostDevice, type WantedDevice, wantedDisk, wantedHostDevice } from '../plan/host-devices.js';

const OWNER_AND_GROUP = 0o700;
const KINDS = { b: ['block', 0o060000], c: ['character', 0o020000] } as const;

/** Looks up one device of the host. @throws VirError when it is not there, or something else */
export async function findHostDevice(files: Files, wanted: WantedDevice): Promise<HostDevice> {
  const { hostPath, path, type } = wanted;
  const found = await files.info(hostPath, { follow: true });
  if (found === undefined) {
    throw VirError.system(ENOENT, 'No such file or directory', `Unable to access ${hostPath}`);
  }
  const [kind, bits] = KINDS[type];
  if (found.type !== kind || found.deviceNumber === undefined) {
    const text =
      type === 'b'
        ? `Storage source ${hostPath} must be a block device`
        : `Hostdev source ${hostPath} must be a character device`;
    throw VirError.of('CONFIG_UNSUPPORTED', text);
  }
  return { path, mode: bits | OWNER_AND_GROUP, ...found.deviceNumber };
}

const ENOENT = 2;

/** All devices of the host that a definition hands to its container. */
export async function findHostDevices(files: Files, { devices }: Domain): Promise<readonly HostDevice[]> {
  const wanted = [...devices.disks.map(wantedDisk), ...devices.hostdevs.map(wantedHostDevice)];
  const found: HostDevice[] = [];
  for (const one of wanted) if (one !== undefined) found.push(await findHostDevice(files, one));
  return found;
}
