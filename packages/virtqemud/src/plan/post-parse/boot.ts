import type { DomainDraft } from '../definition/draft.js';

/** Where a guest boots from that does not say: its disk. */
export function fillBoot(domain: DomainDraft): void {
  const { os, devices } = domain;
  if (os.boots.length > 0) return;
  const bootable = [
    ...devices.disks,
    ...devices.interfaces,
    ...devices.hostdevs,
    ...devices.redirdevs,
    ...devices.filesystems,
  ];
  if (bootable.some((it) => it.boot !== undefined)) return;
  os.boots.push({ dev: 'hd' });
}
