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
export { type Disk, disk, type Lease } from './domain/disk.js';
export { type DomainElement, domainElement, domainTypes } from './domain/domain.js';
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
export { perfEvents } from './domain/perf.js';
export type { Domain } from './domain/post-parse/filled-domain.js';
export type { Pstore } from './domain/pstore.js';
export type { Rng } from './domain/rng.js';
export type { Seclabel } from './domain/seclabel.js';
export type { Shmem } from './domain/shmem.js';
export type { Sound } from './domain/sound.js';
export {
  type BackingStore,
  backingStore,
  networkProtocols,
  type StorageSource,
  storageFormat,
  storageSource,
} from './domain/storage-source.js';
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
export {
  formatIp,
  type IpAddress,
  type IpFamily,
  ipBits,
  lastOfSubnet,
  maskOf,
  parseIp,
  sameIp,
  subnetOf,
} from './ip-number.js';
export type { Dhcp, DhcpHost, DhcpRange, Lease as DhcpLease } from './network/dhcp.js';
export { rangeSize } from './network/dhcp-range.js';
export type { Dns, DnsHost, DnsSrv } from './network/dns.js';
export { type Forward, hasOwnBridge, type Network } from './network/filled-network.js';
export type { ForwardMode } from './network/forward.js';
export { type NetworkIp, prefixOf } from './network/network-ip.js';
export { formatNetworkPort, type NetworkPort, type Plug, parseNetworkPort } from './network/network-port.js';
export { type NetworkRoute, routePrefix } from './network/network-route.js';
export {
  formatNetwork,
  type ParseNetworkOptions,
  parseNetwork,
  parseNetworkNode,
} from './network/parse-network.js';
export type { UpdateCommand } from './network/update-list.js';
export {
  NETWORK_SECTIONS,
  type NetworkSection,
  type NetworkUpdate,
  updateNetwork,
} from './network/update-network.js';
export { toBytes } from './scale.js';
export {
  formatSecret,
  type ParseSecretOptions,
  parseSecret,
  type Secret,
  type SecretUsage,
} from './secret/secret.js';
export type { Bytes, KiB } from './size.js';
export type { Adapter } from './storage/adapter.js';
export { type Pool, sanitizePath } from './storage/fill-pool.js';
export {
  type FormatPoolOptions,
  formatPool,
  type ParsePoolOptions,
  parsePool,
  parsePoolNode,
} from './storage/parse-pool.js';
export type { Permissions } from './storage/permissions.js';
export { formatPoolCapabilities } from './storage/pool-capabilities.js';
export { formatSources, type PoolSource } from './storage/pool-source.js';
export { imageFormats, type PoolType, poolType, poolTypeNames } from './storage/pool-types.js';
export {
  formatVolume,
  type NewVolume,
  type ParseVolumeOptions,
  parseVolume,
  type Volume,
  type VolumeImage,
  type VolumeType,
} from './storage/volume.js';
export type { Virtualport } from './virtual-port.js';
export type { Vlan } from './vlan.js';
