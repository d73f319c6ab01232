export { type Bandwidth, bandwidth } from './bandwidth.js';
export { formatNumberSet, type NumberSet, numberSet, parseNumberSet } from './bitmap.js';
export {
  type Capabilities,
  formatCapabilities,
  type GuestCapabilities,
  type HostCapabilities,
  type HostCpu,
  parseCapabilities,
} from './capabilities.js';
export { type GuestCpu, guestCpu } from './cpu.js';
export type { Address, PciAddress } from './domain/address.js';
export type { Audio } from './domain/audio.js';
export type {
  Channel,
  Console,
  Parallel,
  Redirdev,
  Serial,
  Smartcard,
} from './domain/character-devices.js';
export type { ChardevSource } from './domain/chardev.js';
export type { Clock } from './domain/clock.js';
export type { Controller } from './domain/controller.js';
export type { Crypto } from './domain/crypto.js';
export type { Devices } from './domain/devices.js';
export type { Disk, Lease } from './domain/disk.js';
export { type DomainElement, domainElement } from './domain/domain.js';
export type { Encryption } from './domain/encryption.js';
export type { Features } from './domain/features.js';
export type { Filesystem } from './domain/filesystem.js';
export type { Graphics } from './domain/graphics.js';
export type { Listen } from './domain/graphics-listen.js';
export type { Hostdev } from './domain/hostdev.js';
export type { Hub } from './domain/hub.js';
export type { Input } from './domain/input.js';
export type { NetworkInterface } from './domain/interface.js';
export type { Iommu } from './domain/iommu.js';
export type { LaunchSecurity } from './domain/launch-security.js';
export type { Memballoon } from './domain/memballoon.js';
export type { MemoryDevice } from './domain/memory-device.js';
export type { Os } from './domain/os.js';
export type { Panic } from './domain/panic.js';
export {
  formatDomain,
  type ParseDomainOptions,
  parseDomain,
  parseDomainNode,
} from './domain/parse-domain.js';
export type { Domain } from './domain/post-parse/filled-domain.js';
export type { Pstore } from './domain/pstore.js';
export type { Rng } from './domain/rng.js';
export type { Seclabel } from './domain/seclabel.js';
export type { Shmem } from './domain/shmem.js';
export type { Sound } from './domain/sound.js';
export type { BackingStore, StorageSource } from './domain/storage-source.js';
export type { Sysinfo } from './domain/sysinfo.js';
export type { Tpm } from './domain/tpm.js';
export type { Video } from './domain/video.js';
export type { Vsock } from './domain/vsock.js';
export type { Watchdog } from './domain/watchdog.js';
export {
  alignBackup,
  type BackedUpDisk,
  type BackupDisk,
  type DomainBackup,
  formatBackup,
  parseBackup,
} from './domain-backup.js';
export {
  type CustomCpuModel,
  type DomainCapabilities,
  formatDomainCapabilities,
  parseDomainCapabilities,
  supports,
  unsupported,
} from './domain-capabilities.js';
export {
  type CheckpointDisk,
  type DomainCheckpoint,
  formatCheckpoint,
  type ParseCheckpointOptions,
  parseCheckpoint,
} from './domain-checkpoint.js';
export {
  type DomainSnapshot,
  formatSnapshot,
  type ParseSnapshotOptions,
  parseSnapshot,
  type SnapshotDisk,
} from './domain-snapshot.js';
export { formatHostSysinfo, type HostSysinfo } from './host-sysinfo.js';
export { toBytes } from './scale.js';
export type { Bytes, KiB } from './size.js';
