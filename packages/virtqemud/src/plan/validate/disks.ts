import type { Domain } from '@modvirt/core/schema';
import type { PlanContext } from '../context.js';
import type { Disk, StorageSource } from '../definition/types.js';
import { unsupported } from './unsupported.js';

type Encryption = NonNullable<NonNullable<StorageSource['source']>['encryption']>;

/** @throws VirError for disks and images that QEMU has no driver for */
export function validateDisks(domain: Domain, cx: PlanContext): void {
  for (const disk of domain.devices.disks) {
    if (disk.device === 'lun' && disk.target.bus === 'virtio' && !cx.caps.has('virtio-blk-pci.scsi')) {
      throw unsupported("This QEMU doesn't support SCSI emulation with 'virtio-blk' device");
    }
    checkShared(disk);
    checkFat(disk);
    checkImage(disk, disk.driver?.type, cx);
    let below = disk.backingStore;
    while (below !== undefined && below.type !== 'none') {
      checkImage(below, below.format?.type, cx);
      below = below.backingStore;
    }
  }
}

/** Formats with data of their own about the image get confused by a second writer. */
function checkShared(disk: Disk): void {
  if (!disk.shareable || disk.source === undefined || disk.type === 'vhostuser') return;
  if (disk.driver?.type === undefined || disk.driver.type === 'raw') return;
  throw unsupported(`shared access for disk '${disk.target.dev}' requires use of supported storage format`);
}

/** A directory that is shown as a FAT file system. */
function checkFat({ type, driver, readonly }: Disk): void {
  if (type !== 'dir' || driver?.type !== 'fat' || readonly === true) return;
  throw unsupported("virtual FAT storage can't be accessed in read-write mode");
}

/** Formats that libvirt knows and QEMU has no driver for. */
const FOREIGN_FORMATS: ReadonlySet<string> = new Set(['cow']);

function checkImage(image: StorageSource, format: string | undefined, cx: PlanContext): void {
  if (format !== undefined && FOREIGN_FORMATS.has(format)) {
    throw unsupported(`'${format}' storage format is not supported`);
  }
  if (format === 'iso') {
    throw unsupported("storage format 'iso' is not directly supported by QEMU, use 'raw' instead");
  }
  if (format === 'dir' && image.type !== 'dir') {
    throw unsupported(
      "'directory' storage format is not directly supported by QEMU, use 'dir' disk type instead",
    );
  }
  const encryption =
    image.source?.encryption ?? ('encryption' in image ? (image as Disk).encryption : undefined);
  if (encryption !== undefined) checkEncryption(image, encryption, format ?? 'raw', cx);
  if (image.type === 'network') checkNetwork(image.source, cx);
}

function checkEncryption(
  image: StorageSource,
  encryption: Encryption,
  format: string,
  cx: PlanContext,
): void {
  if (encryption.engine === 'librbd') {
    checkRbdEncryption(image, encryption, cx);
    return;
  }
  if (encryption.format === 'default' || encryption.format === 'qcow') {
    throw unsupported('old qcow/qcow2 encryption is not supported');
  }
  if (encryption.format === 'luks2' || encryption.format === 'luks-any') {
    throw unsupported(`${encryption.format} is currently not supported by the qemu encryption engine`);
  }
  if (format !== 'raw' && format !== 'qcow2') {
    throw unsupported("encryption is supported only with 'raw' and 'qcow2' image format");
  }
}

function checkRbdEncryption(image: StorageSource, encryption: Encryption, cx: PlanContext): void {
  if (!cx.caps.has('rbd-encryption')) {
    throw unsupported('librbd encryption is not supported by this QEMU binary');
  }
  if (image.type !== 'network' || image.source?.protocol !== 'rbd') {
    throw unsupported('librbd encryption is supported only with RBD backed disks');
  }
  if (encryption.format === 'luks-any' && !cx.caps.has('rbd-encryption-luks-any')) {
    throw unsupported('luks-any encryption is not supported by this QEMU binary');
  }
  if (encryption.secrets.length > 1 && !cx.caps.has('rbd-encryption-layering')) {
    throw unsupported('librbd encryption layering is not supported by this QEMU binary');
  }
}

type NetworkSource = Extract<StorageSource, { type: 'network' }>['source'];

function checkNetwork(source: NetworkSource, cx: PlanContext): void {
  if (source?.tlsHostname === undefined) return;
  if (source.protocol !== 'nbd') throw unsupported("'tlsHostname' field can be used only with NBD disks");
  if (!cx.caps.has('blockdev.nbd.tls-hostname')) {
    throw unsupported("'tlsHostname' field is not supported by this QEMU");
  }
}
