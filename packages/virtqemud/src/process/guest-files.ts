import { VirError } from '@modvirt/core/errors';
import type { Files, UserIds } from '@modvirt/core/ports';
import type { Domain } from '@modvirt/core/schema';
import type { LaunchPlan } from '../plan/launch-plan.js';
import type { Ownership } from './ownership.js';

type Disk = Domain['devices']['disks'][number];

/** Gives the guest what it opens itself. On failure the caller takes back what was given. */
export async function giveFiles(
  ownership: Ownership,
  domain: Domain,
  plan: LaunchPlan,
  volumes: readonly string[],
): Promise<void> {
  const own = new Set([...ownFiles(domain), ...volumes]);
  for (const { path } of plan.resources) await ownership.give(path, own.has(path));
}

/** Gives back what one guest had for itself. */
export async function takeFilesBack(
  ownership: Ownership,
  domain: Domain,
  volumes: readonly string[] = [],
): Promise<void> {
  for (const path of [...ownFiles(domain), ...volumes]) await ownership.takeBack(path);
}

/**
 * The domain as it can start: a medium that is not there is left out where its disk allows that.
 *
 * @throws VirError SYSTEM_ERROR for an image that is not there
 */
export async function withImagesChecked(
  files: Files,
  domain: Domain,
  user: UserIds | undefined,
): Promise<{ readonly domain: Domain; readonly missing: readonly Disk[] }> {
  const missing: Disk[] = [];
  for (const disk of domain.devices.disks) {
    const path = imageOf(disk);
    if (path === undefined || path === '' || (await exists(files, path))) continue;
    const isOptional = isRemovable(disk) && startupPolicyOf(disk) === 'optional';
    if (!isOptional) throw imageMissing(path, disk, user);
    missing.push(disk);
  }
  if (missing.length === 0) return { domain, missing };
  const disks = domain.devices.disks.map((it) => (missing.includes(it) ? withoutMedium(it) : it));
  return { domain: { ...domain, devices: { ...domain.devices, disks } }, missing };
}

async function exists(files: Files, path: string): Promise<boolean> {
  return (await files.info(path, { follow: true })) !== undefined;
}

function startupPolicyOf(disk: Disk): string | undefined {
  return disk.type === 'file' || disk.type === 'block' ? disk.source?.startupPolicy : undefined;
}

function isRemovable(disk: Disk): boolean {
  return disk.device === 'cdrom' || disk.device === 'floppy';
}

function withoutMedium(disk: Disk): Disk {
  if (disk.type !== 'file') return disk;
  const { source: _medium, ...rest } = disk;
  return rest;
}

// libvirt reads the headers of images that have one as the guest's user, and says so.
function imageMissing(path: string, disk: Disk, user: UserIds | undefined): VirError {
  const isRead = (disk.driver?.type ?? 'raw') !== 'raw' && user !== undefined;
  const who = isRead ? ` (as uid:${user.uid}, gid:${user.gid})` : '';
  const text = `Cannot access storage file '${path}'${who}`;
  return VirError.system(2, 'No such file or directory', text, { domain: 'STORAGE' });
}

/** Files of a domain that get their owner back when it ends: not images that others may be reading. */
export function ownFiles(domain: Domain): readonly string[] {
  const { os, devices } = domain;
  const chardevs = [
    ...devices.serials,
    ...devices.parallels,
    ...devices.channels,
    ...devices.consoles.slice(1),
  ];
  const paths = [
    os.kernel,
    os.initrd,
    os.dtb,
    ...devices.disks.filter((it) => it.readonly !== true && it.shareable !== true).map(imageOf),
    os.nvram?.path,
    ...chardevs.map((it) => (it.type === 'dev' ? it.source?.path : undefined)),
  ];
  return [...new Set(paths.filter((path) => path !== undefined && path !== ''))] as string[];
}

function imageOf(disk: Disk): string | undefined {
  if (disk.type === 'file') return disk.source?.file;
  return disk.type === 'block' ? disk.source?.dev : undefined;
}
